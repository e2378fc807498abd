locals {
  site_origin = var.domain == null ? "https://${local._name}-site.storage.googleapis.com" : "https://${var.domain}"
  api_origin  = var.domain == null ? google_cloudfunctions2_function.api.service_config[0].uri : "https://${var.domain}"

  _frontend = "${path.module}/../frontend"
  # The same files that the local site serves; tests compare the two.
  _site_files = setunion(
    fileset(local._frontend, "*.{html,svg,png,jpg,webp,avif,ico,txt,webmanifest}"),
    fileset(local._frontend, "{css,demos,js,vendor}/**/*.{css,js,json,svg,png,jpg,webp,avif}"),
  )
  _site_types = {
    avif        = "image/avif"
    css         = "text/css; charset=utf-8"
    html        = "text/html; charset=utf-8"
    ico         = "image/x-icon"
    jpg         = "image/jpeg"
    js          = "text/javascript; charset=utf-8"
    json        = "application/json"
    png         = "image/png"
    svg         = "image/svg+xml"
    txt         = "text/plain; charset=utf-8"
    webmanifest = "application/manifest+json"
    webp        = "image/webp"
  }
  _site_pages = toset([for file in local._site_files : file if endswith(file, ".html")])

  _storage_origins = join(" ", [for bucket in [local.uploads_bucket, local.results_bucket] : "https://${bucket}.storage.googleapis.com"])
  _policy          = templatefile("${path.module}/content-security-policy.txt", { api = local.api_origin, storage = local._storage_origins })
  # A bucket sends no headers of ours, so that the pages carry what a page can say about itself.
  _stamp = <<-HTML
    <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="${chomp(local._policy)}">
      <meta name="referrer" content="no-referrer">
  HTML
}

resource "google_storage_bucket" "site" {
  #checkov:skip=CKV_GCP_62:Its files are public, and its visitors are nobody's business.
  #checkov:skip=CKV_GCP_78:Its files are in the repository, with all their versions.
  #checkov:skip=CKV_GCP_114:This bucket is the public site.
  name                        = "${local._name}-site"
  location                    = local._location
  force_destroy               = true
  uniform_bucket_level_access = true
  public_access_prevention    = "inherited"

  soft_delete_policy {
    retention_duration_seconds = 0
  }

  website {
    main_page_suffix = "index.html"
  }

  depends_on = [google_project_service.this]
}

# Reading by name alone: nobody lists the bucket.
resource "google_storage_bucket_iam_member" "site_public" {
  #checkov:skip=CKV_GCP_28:The site is for everybody.
  bucket = google_storage_bucket.site.name
  role   = "roles/storage.legacyObjectReader"
  member = "allUsers"
}

resource "google_storage_bucket_object" "page" {
  for_each = local._site_pages

  bucket        = google_storage_bucket.site.name
  name          = each.key
  content       = replace(file("${local._frontend}/${each.key}"), "<meta charset=\"utf-8\">", trimspace(local._stamp))
  content_type  = local._site_types.html
  cache_control = "no-cache"
}

resource "google_storage_bucket_object" "asset" {
  for_each = setsubtract(local._site_files, local._site_pages)

  bucket       = google_storage_bucket.site.name
  name         = each.key
  source       = "${local._frontend}/${each.key}"
  content_type = local._site_types[regex("[a-z]+$", each.key)]
  # Modules of two versions must never meet in one page; pictures cannot disagree.
  cache_control = can(regex("\\.(avif|ico|jpg|png|svg|webp)$", each.key)) ? "public, max-age=86400" : "no-cache"
}

resource "google_storage_bucket_object" "config" {
  bucket        = google_storage_bucket.site.name
  name          = "config.js"
  content       = "window.AUTOK = ${jsonencode({ api = local.api_origin })};\n"
  content_type  = local._site_types.js
  cache_control = "no-cache"
}
