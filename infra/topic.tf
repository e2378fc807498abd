# Final reports, announced by the worker to whoever subscribes: sites that wait for their images, indexes, statistics.

resource "google_pubsub_topic" "completions" {
  #checkov:skip=CKV_GCP_83:The messages hold names of objects and no content; Google's own keys will do.
  count = var.completion_topic ? 1 : 0

  name = "${var.prefix}-completions"

  depends_on = [google_project_service.this]
}

# The worker publishes here and nowhere else.
resource "google_pubsub_topic_iam_member" "completions" {
  count = var.completion_topic ? 1 : 0

  topic  = google_pubsub_topic.completions[0].id
  role   = "roles/pubsub.publisher"
  member = google_service_account.worker.member
}
