locals {
  _apis = concat(
    [
      "artifactregistry.googleapis.com",
      "cloudbuild.googleapis.com",
      "cloudfunctions.googleapis.com",
      "cloudresourcemanager.googleapis.com",
      "eventarc.googleapis.com",
      "iam.googleapis.com",
      "iamcredentials.googleapis.com",
      "logging.googleapis.com",
      "monitoring.googleapis.com",
      "pubsub.googleapis.com",
      "run.googleapis.com",
      "serviceusage.googleapis.com",
      "storage.googleapis.com",
    ],
    var.access_key_secret == null && var.tinify_keys_secret == null ? [] : ["secretmanager.googleapis.com"],
    var.budget_usd == 0 ? [] : ["billingbudgets.googleapis.com", "cloudbilling.googleapis.com"],
    var.domain == null ? [] : ["compute.googleapis.com"],
  )
}

data "google_project" "this" {
  project_id = var.project
}

resource "google_project_service" "this" {
  for_each = toset(local._apis)

  project = var.project
  service = each.key
  # Others in the project may use them by now.
  disable_on_destroy = false
}

# A new project has no agents of these services until somebody asks for them, and the grants below need them to exist.
resource "google_project_service_identity" "eventarc" {
  provider = google-beta
  project  = var.project
  service  = google_project_service.this["eventarc.googleapis.com"].service
}

resource "google_project_service_identity" "pubsub" {
  provider = google-beta
  project  = var.project
  service  = google_project_service.this["pubsub.googleapis.com"].service
}

data "google_storage_project_service_account" "this" {
  project = var.project

  depends_on = [google_project_service.this]
}

# Grants to agents reach every service only after minutes. Without the wait, the first apply on a new project ends with
# "Permission denied while using the Eventarc Service Agent"; a second apply is a safe cure for the cases that remain.
resource "time_sleep" "grants" {
  create_duration = "120s"

  depends_on = [
    google_artifact_registry_repository_iam_member.build,
    google_project_iam_member.build_logs,
    google_project_iam_member.build_sources,
    google_project_iam_member.eventarc_agent,
    google_project_iam_member.storage_agent,
    google_project_iam_member.trigger,
    google_service_account_iam_member.pubsub_agent,
    google_storage_bucket_iam_member.build_source,
  ]
}
