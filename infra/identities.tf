# Four identities (tinify.tf has a fifth): nobody has more than the next call needs. What each may do stands beside what it may do it to.

resource "google_service_account" "api" {
  account_id   = "${var.prefix}-api"
  display_name = "Auto-K API: signs addresses, reads reports"

  depends_on = [google_project_service.this]
}

resource "google_service_account" "worker" {
  account_id   = "${var.prefix}-worker"
  display_name = "Auto-K worker: reads uploads, writes results"

  depends_on = [google_project_service.this]
}

resource "google_service_account" "trigger" {
  account_id   = "${var.prefix}-trigger"
  display_name = "Auto-K trigger: calls the worker"

  depends_on = [google_project_service.this]
}

resource "google_service_account" "build" {
  account_id   = "${var.prefix}-build"
  display_name = "Auto-K build: makes the functions' images"

  depends_on = [google_project_service.this]
}

# A role that was deleted keeps its name for 37 days, and from the eighth cannot be had back. With a name that no earlier
# deployment had, what was destroyed can be deployed again on any day.
resource "terraform_data" "birth" {}

locals {
  _role_prefix = replace(var.prefix, "-", "_")
  _role_suffix = substr(sha256(terraform_data.birth.id), 0, 8)
}

# Predefined roles that may create and delete objects may also rewrite their metadata and policies.
resource "google_project_iam_custom_role" "keeper" {
  role_id     = "${local._role_prefix}_keeper_${local._role_suffix}"
  title       = "Auto-K keeper of objects"
  description = "Creates, reads and deletes objects. Without the list, the storage answers 403, not 404, for what is not there."
  permissions = ["storage.objects.create", "storage.objects.delete", "storage.objects.get", "storage.objects.list"]

  depends_on = [google_project_service.this]
}

resource "google_project_iam_custom_role" "remover" {
  role_id     = "${local._role_prefix}_remover_${local._role_suffix}"
  title       = "Auto-K remover of objects"
  description = "Reads and deletes objects. Without the list, the storage answers 403, not 404, for what is not there."
  permissions = ["storage.objects.delete", "storage.objects.get", "storage.objects.list"]

  depends_on = [google_project_service.this]
}

resource "google_project_iam_custom_role" "signer" {
  role_id     = "${local._role_prefix}_signer_${local._role_suffix}"
  title       = "Auto-K signer"
  description = "Signs bytes, and cannot make tokens as the predefined role can."
  permissions = ["iam.serviceAccounts.signBlob"]

  depends_on = [google_project_service.this]
}

# The API holds no key: it asks IAM to sign in its own name, and in nobody else's.
resource "google_service_account_iam_member" "api_signs" {
  service_account_id = google_service_account.api.name
  role               = google_project_iam_custom_role.signer.id
  member             = google_service_account.api.member
}
