locals {
  _location = coalesce(var.location, var.region)
  # A project of an organisation's own domain has a colon and dots in its id, which the names of buckets cannot have.
  _name = "${replace(replace(var.project, ":", "-"), ".", "-")}-${var.prefix}"

  uploads_bucket = var.uploads_bucket == null ? google_storage_bucket.uploads[0].name : var.uploads_bucket
  results_bucket = var.results_bucket == null ? google_storage_bucket.results[0].name : var.results_bucket
  # An event is taken where its bucket lies.
  uploads_location = var.uploads_bucket == null ? google_storage_bucket.uploads[0].location : data.google_storage_bucket.uploads[0].location

  # Written by `python -m service.signing --cors` from the table that the signer itself uses.
  _cors = jsondecode(file("${path.module}/cors.json"))
}

data "google_storage_bucket" "uploads" {
  count = var.uploads_bucket == null ? 0 : 1

  name = var.uploads_bucket
}

resource "google_storage_bucket" "uploads" {
  #checkov:skip=CKV_GCP_62:An access log would keep the names of users' files for longer than the files.
  #checkov:skip=CKV_GCP_78:A deleted upload has to be gone; old versions would break that promise.
  count = var.uploads_bucket == null ? 1 : 0

  name                        = "${local._name}-uploads"
  location                    = local._location
  force_destroy               = var.force_destroy
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  soft_delete_policy {
    retention_duration_seconds = 0
  }

  dynamic "cors" {
    for_each = local._cors.uploads
    content {
      origin          = [local.site_origin]
      method          = cors.value.method
      response_header = cors.value.responseHeader
      max_age_seconds = cors.value.maxAgeSeconds
    }
  }

  lifecycle_rule {
    condition {
      age            = 1
      matches_prefix = ["web/"]
    }
    action {
      type = "Delete"
    }
  }

  lifecycle_rule {
    condition {
      age = 1
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }

  dynamic "lifecycle_rule" {
    for_each = var.keep_days == 0 ? [] : [var.keep_days]
    content {
      condition {
        age = lifecycle_rule.value
      }
      action {
        type = "Delete"
      }
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_storage_bucket" "results" {
  #checkov:skip=CKV_GCP_62:An access log would keep the names of users' files for longer than the files.
  #checkov:skip=CKV_GCP_78:A deleted result has to be gone; old versions would break that promise.
  #checkov:skip=CKV_GCP_114:Enforced unless the owner names a folder of results that everybody may read.
  count = var.results_bucket == null ? 1 : 0

  name                        = "${local._name}-results"
  location                    = local._location
  force_destroy               = var.force_destroy
  uniform_bucket_level_access = true
  public_access_prevention    = var.public_results == null ? "enforced" : "inherited"

  soft_delete_policy {
    retention_duration_seconds = 0
  }

  dynamic "cors" {
    for_each = local._cors.results
    content {
      origin          = [local.site_origin]
      method          = cors.value.method
      response_header = cors.value.responseHeader
      max_age_seconds = cors.value.maxAgeSeconds
    }
  }

  lifecycle_rule {
    condition {
      age            = 1
      matches_prefix = ["web/"]
    }
    action {
      type = "Delete"
    }
  }

  lifecycle_rule {
    condition {
      age = 1
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }

  dynamic "lifecycle_rule" {
    for_each = var.keep_days == 0 ? [] : [var.keep_days]
    content {
      condition {
        age = lifecycle_rule.value
      }
      action {
        type = "Delete"
      }
    }
  }

  depends_on = [google_project_service.this]
}

# A signature carries the signer's own rights: it puts uploads, copies them for a second run, and deletes them.
resource "google_storage_bucket_iam_member" "api_uploads" {
  bucket = local.uploads_bucket
  role   = google_project_iam_custom_role.keeper.id
  member = google_service_account.api.member
}

# It reads reports, signs downloads, and deletes what its user no longer wants; it writes no result.
resource "google_storage_bucket_iam_member" "api_results" {
  bucket = local.results_bucket
  role   = google_project_iam_custom_role.remover.id
  member = google_service_account.api.member
}

# Reading alone: a worker that could write here could start itself.
resource "google_storage_bucket_iam_member" "worker_uploads" {
  bucket = local.uploads_bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.worker.member
}

# Replacing an object is deleting and creating it.
resource "google_storage_bucket_iam_member" "worker_results" {
  bucket = local.results_bucket
  role   = google_project_iam_custom_role.keeper.id
  member = google_service_account.worker.member
}

# A folder, because a grant to everybody cannot carry a condition on names; web/ stays outside it.
resource "google_storage_managed_folder" "public" {
  count = var.public_results == null ? 0 : 1

  bucket        = local.results_bucket
  name          = var.public_results
  force_destroy = var.force_destroy
}

# Reading by name alone: nobody lists the folder.
resource "google_storage_managed_folder_iam_member" "public" {
  count = var.public_results == null ? 0 : 1

  bucket         = google_storage_managed_folder.public[0].bucket
  managed_folder = google_storage_managed_folder.public[0].name
  role           = "roles/storage.legacyObjectReader"
  member         = "allUsers"
}
