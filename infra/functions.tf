locals {
  _worker_vcpu    = 1
  _worker_gib     = 2
  _worker_timeout = 120

  _environment = {
    AUTOK_UPLOADS_BUCKET = local.uploads_bucket
    AUTOK_RESULTS_BUCKET = local.results_bucket
    AUTOK_SITE_ORIGINS   = local.site_origin
    GOOGLE_CLOUD_PROJECT = var.project
  }

  # The build compiles every file, and then sets all times back to 1980, which makes files that are compiled by time
  # stale. With this variable Python compiles by content, so that no start of an instance compiles anything again.
  _build_environment = { SOURCE_DATE_EPOCH = "315532800" }
}

resource "google_cloudfunctions2_function" "api" {
  #checkov:skip=CKV_GCP_124:The API is public by design; behind a load balancer its own address is closed.
  name        = "${var.prefix}-api"
  location    = var.region
  description = "Auto-K: signs addresses and reads reports"

  build_config {
    runtime               = "python313"
    entry_point           = "api"
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
    available_cpu                    = "1"
    available_memory                 = "512Mi"
    timeout_seconds                  = 60
    min_instance_count               = 0
    max_instance_count               = var.api_max_instances
    max_instance_request_concurrency = 16
    ingress_settings                 = var.domain == null ? "ALLOW_ALL" : "ALLOW_INTERNAL_AND_GCLB"
    all_traffic_on_latest_revision   = true
    service_account_email            = google_service_account.api.email

    environment_variables = merge(local._environment, {
      AUTOK_RATE_LIMIT = tostring(var.rate_limit)
      AUTOK_SIGNER     = google_service_account.api.email
      THREADS          = "16"
    })

    dynamic "secret_environment_variables" {
      for_each = var.access_key_secret == null ? [] : [var.access_key_secret]
      content {
        key        = "AUTOK_ACCESS_KEY"
        project_id = var.project
        secret     = secret_environment_variables.value
        version    = "latest"
      }
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.api, time_sleep.grants]
}

# The key is made outside, so that it is in no state file; the API alone reads it.
resource "google_secret_manager_secret_iam_member" "api" {
  count = var.access_key_secret == null ? 0 : 1

  project   = var.project
  secret_id = var.access_key_secret
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.api.member

  depends_on = [google_project_service.this]
}

# Anybody may ask; what they get is a signed address with limits, or a problem. The access key is checked by the API.
resource "google_cloud_run_v2_service_iam_member" "api_public" {
  project  = var.project
  location = var.region
  name     = google_cloudfunctions2_function.api.name
  role     = "roles/run.invoker"
  member   = "allUsers"

  lifecycle {
    # A function that is replaced loses the grants of its service.
    replace_triggered_by = [google_cloudfunctions2_function.api.id]
  }
}

resource "google_cloudfunctions2_function" "worker" {
  name        = "${var.prefix}-worker"
  location    = var.region
  description = "Auto-K: compresses what arrives in the uploads bucket"

  build_config {
    runtime               = "python313"
    entry_point           = "compress_upload"
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
    # Above the 90 s that the sandbox gives a child, so that it is the sandbox that ends it and says why.
    timeout_seconds    = local._worker_timeout
    min_instance_count = 0
    max_instance_count = var.worker_max_instances
    # K-means takes a processor whole, and a decoded image most of the memory.
    max_instance_request_concurrency = 1
    ingress_settings                 = "ALLOW_INTERNAL_ONLY"
    all_traffic_on_latest_revision   = true
    service_account_email            = google_service_account.worker.email

    environment_variables = merge(
      local._environment,
      {
        AUTOK_MEMORY_GIB     = tostring(local._worker_gib)
        AUTOK_VCPU           = tostring(local._worker_vcpu)
        OMP_NUM_THREADS      = "1"
        OPENBLAS_NUM_THREADS = "1"
      },
      { for topic in google_pubsub_topic.completions : "AUTOK_NOTIFY_TOPIC" => topic.id },
    )
  }

  event_trigger {
    event_type            = "google.cloud.storage.object.v1.finalized"
    trigger_region        = lower(local.uploads_location)
    retry_policy          = "RETRY_POLICY_RETRY"
    service_account_email = google_service_account.trigger.email

    event_filters {
      attribute = "bucket"
      value     = local.uploads_bucket
    }
  }

  depends_on = [
    google_pubsub_topic_iam_member.completions,
    google_storage_bucket_iam_member.worker_results,
    google_storage_bucket_iam_member.worker_uploads,
    time_sleep.grants,
  ]
}

# The trigger calls the worker and nothing else; nobody else calls the worker.
resource "google_cloud_run_v2_service_iam_member" "trigger" {
  project  = var.project
  location = var.region
  name     = google_cloudfunctions2_function.worker.name
  role     = "roles/run.invoker"
  member   = google_service_account.trigger.member

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.worker.id]
  }
}
