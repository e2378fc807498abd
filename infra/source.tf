locals {
  _function_dir = "${path.module}/../function"
  # What runs, and nothing else: no command line, no cloud commands, no documents.
  _function_files = setsubtract(
    setunion(
      fileset(local._function_dir, "main.py"),
      fileset(local._function_dir, "requirements.txt"),
      fileset(local._function_dir, "autok/**/*.{json,py}"),
      fileset(local._function_dir, "service/**/*.{json,py}"),
    ),
    setunion(
      fileset(local._function_dir, "autok/__main__.py"),
      fileset(local._function_dir, "autok/cli/**"),
      fileset(local._function_dir, "service/client.py"),
      fileset(local._function_dir, "service/commands/**"),
      fileset(local._function_dir, "service/smoke/**"),
    ),
  )
}

data "archive_file" "function" {
  type             = "zip"
  source_dir       = local._function_dir
  excludes         = setsubtract(fileset(local._function_dir, "**"), local._function_files)
  output_file_mode = "0644"
  output_path      = "${path.module}/../build/function.zip"
}

resource "google_storage_bucket" "source" {
  #checkov:skip=CKV_GCP_62:Nobody but the build reads it, and the audit log of the build says when.
  #checkov:skip=CKV_GCP_78:Every archive has a name of its own, so that no version is ever replaced.
  name                        = "${local._name}-source"
  location                    = var.region
  force_destroy               = true
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  soft_delete_policy {
    retention_duration_seconds = 0
  }

  depends_on = [google_project_service.this]
}

# The hash in the name is what makes a changed source a new deployment, and an equal one none.
resource "google_storage_bucket_object" "function" {
  name   = "function-${data.archive_file.function.output_sha256}.zip"
  bucket = google_storage_bucket.source.name
  source = data.archive_file.function.output_path
}

resource "google_artifact_registry_repository" "images" {
  #checkov:skip=CKV_GCP_84:The images hold nothing but published code; Google's own keys will do.
  location      = var.region
  repository_id = "${var.prefix}-images"
  description   = "The functions' images"
  format        = "DOCKER"

  cleanup_policies {
    id     = "keep-two"
    action = "KEEP"
    most_recent_versions {
      keep_count = 2
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "604800s"
    }
  }

  depends_on = [google_project_service.this]
}

# The build reads the archive, writes the image and its own log.
resource "google_storage_bucket_iam_member" "build_source" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.build.member
}

resource "google_artifact_registry_repository_iam_member" "build" {
  location   = google_artifact_registry_repository.images.location
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}

# Logs belong to the project: there is nothing smaller to grant this on.
resource "google_project_iam_member" "build_logs" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}

# The platform copies the archive into a bucket of its own that does not exist before the first build.
resource "google_project_iam_member" "build_sources" {
  project = var.project
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title      = "Sources of functions"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${data.google_project.this.number}-${var.region}\")"
  }
}
