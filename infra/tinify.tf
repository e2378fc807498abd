# For programs that were written for TinyPNG; nothing here exists unless a secret with keys is named.

locals {
  _tinify = var.tinify_keys_secret == null ? 0 : 1
  # Part of web/, which lifecycle rules empty after a day and public_results never opens.
  _tinify_prefix = "web/tinify/"
  _tinify_mount  = "/etc/secrets"
}

# An identity of its own: it sees no upload, no other result, and deletes nothing.
resource "google_service_account" "tinify" {
  count = local._tinify

  account_id   = "${var.prefix}-tinify"
  display_name = "Auto-K Tinify: compresses what a request carries"

  depends_on = [google_project_service.this]
}

resource "google_project_iam_custom_role" "holder" {
  count = local._tinify

  role_id     = "${local._role_prefix}_holder_${local._role_suffix}"
  title       = "Auto-K holder of objects"
  description = "Creates and reads objects, and replaces none."
  permissions = ["storage.objects.create", "storage.objects.get"]

  depends_on = [google_project_service.this]
}

resource "google_project_iam_custom_role" "lister" {
  count = local._tinify

  role_id     = "${local._role_prefix}_lister_${local._role_suffix}"
  title       = "Auto-K lister of objects"
  description = "Sees names. Without the list, the storage answers 403, not 404, for what is not there."
  permissions = ["storage.objects.list"]

  depends_on = [google_project_service.this]
}

# The results bucket causes no events, so that nothing that is written here starts the worker.
resource "google_storage_bucket_iam_member" "tinify_results" {
  count = local._tinify

  bucket = local.results_bucket
  role   = google_project_iam_custom_role.holder[0].id
  member = google_service_account.tinify[0].member

  condition {
    title      = "Objects of this way alone"
    expression = "resource.name.startsWith(\"projects/_/buckets/${local.results_bucket}/objects/${local._tinify_prefix}\")"
  }
}

# A condition on names of objects never holds for a list, whose resource is the bucket.
resource "google_storage_bucket_iam_member" "tinify_lists" {
  count = local._tinify

  bucket = local.results_bucket
  role   = google_project_iam_custom_role.lister[0].id
  member = google_service_account.tinify[0].member
}

resource "google_secret_manager_secret_iam_member" "tinify" {
  count = local._tinify

  project   = var.project
  secret_id = var.tinify_keys_secret
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.tinify[0].member

  depends_on = [google_project_service.this]
}

resource "google_cloudfunctions2_function" "tinify" {
  #checkov:skip=CKV_GCP_124:Programs outside call it, each with a key; behind a load balancer its own address is closed.
  count = local._tinify

  name        = "${var.prefix}-tinify"
  location    = var.region
  description = "Auto-K: compresses images for programs that were written for TinyPNG"

  build_config {
    runtime               = "python313"
    entry_point           = "tinify"
    service_account       = google_service_account.build.id
    docker_repository     = google_artifact_registry_repository.images.id
    environment_variables = local._build_environment

    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.function.name
      }
    }
  }

  service_config {
    available_cpu    = tostring(local._worker_vcpu)
    available_memory = "${local._worker_gib}Gi"
    # The request waits for its image, in the same sandbox as the worker's.
    timeout_seconds                  = local._worker_timeout
    min_instance_count               = 0
    max_instance_count               = var.worker_max_instances
    max_instance_request_concurrency = 1
    ingress_settings                 = var.domain == null ? "ALLOW_ALL" : "ALLOW_INTERNAL_AND_GCLB"
    all_traffic_on_latest_revision   = true
    service_account_email            = google_service_account.tinify[0].email

    environment_variables = merge(local._environment, {
      AUTOK_RATE_LIMIT       = tostring(var.rate_limit)
      AUTOK_TINIFY_KEYS_FILE = "${local._tinify_mount}/keys"
      OMP_NUM_THREADS        = "1"
      OPENBLAS_NUM_THREADS   = "1"
    })

    # A file, so that no key is in an environment.
    secret_volumes {
      mount_path = local._tinify_mount
      project_id = var.project
      secret     = var.tinify_keys_secret

      versions {
        version = "latest"
        path    = "keys"
      }
    }
  }

  depends_on = [
    google_secret_manager_secret_iam_member.tinify,
    google_storage_bucket_iam_member.tinify_lists,
    google_storage_bucket_iam_member.tinify_results,
    time_sleep.grants,
  ]
}

# Anybody may ask; without a key the answer is 401.
resource "google_cloud_run_v2_service_iam_member" "tinify_public" {
  count = local._tinify

  project  = var.project
  location = var.region
  name     = google_cloudfunctions2_function.tinify[0].name
  role     = "roles/run.invoker"
  member   = "allUsers"

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.tinify[0].id]
  }
}
