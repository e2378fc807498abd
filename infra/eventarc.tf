# The trigger's identity receives events. Eventarc checks this on the project alone.
resource "google_project_iam_member" "trigger" {
  project = var.project
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.trigger.member
}

# Eventarc's own agent; a new project grants this some minutes after the API is switched on, which is too late.
resource "google_project_iam_member" "eventarc_agent" {
  #checkov:skip=CKV_GCP_49:The platform's own role for the platform's own agent, which every project with Eventarc has.
  project = var.project
  role    = "roles/eventarc.serviceAgent"
  member  = google_project_service_identity.eventarc.member
}

# The storage publishes an event for every finished object, to a topic that Eventarc makes.
resource "google_project_iam_member" "storage_agent" {
  project = var.project
  role    = "roles/pubsub.publisher"
  member  = data.google_storage_project_service_account.this.member
}

# Pub/Sub calls the worker with a token of the trigger; projects from before April 2021 lack this grant.
resource "google_service_account_iam_member" "pubsub_agent" {
  service_account_id = google_service_account.trigger.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = google_project_service_identity.pubsub.member
}

# An event that failed for a day, or twenty times, is kept here for a week instead of being forgotten.
# The subscription that Eventarc makes is no resource of Terraform's: `make deploy` joins the two, `make smoke` asserts it.
resource "google_pubsub_topic" "dead_letters" {
  #checkov:skip=CKV_GCP_83:The events hold names of objects and no content; Google's own keys will do.
  name = "${var.prefix}-dead-letters"

  depends_on = [google_project_service.this]
}

resource "google_pubsub_subscription" "dead_letters" {
  name                       = "${var.prefix}-dead-letters"
  topic                      = google_pubsub_topic.dead_letters.id
  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_topic_iam_member" "dead_letters" {
  topic  = google_pubsub_topic.dead_letters.id
  role   = "roles/pubsub.publisher"
  member = google_project_service_identity.pubsub.member
}
