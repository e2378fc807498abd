# Every finished report, announced to whoever subscribes: no code of ours, the results bucket's own notification.

resource "google_pubsub_topic" "completions" {
  #checkov:skip=CKV_GCP_83:The messages hold names of objects and no content; Google's own keys will do.
  count = var.completion_topic ? 1 : 0

  name = "${var.prefix}-completions"

  # The bucket tells of every object; reports that are final are let through, results and signs of life are not.
  message_transforms {
    javascript_udf {
      function_name = "finished"
      code          = <<-JS
        function finished(message, metadata) {
          if (!message.attributes.objectId.endsWith(".autok.json")) return null;
          const status = (JSON.parse(message.data).metadata || {})["autok-status"];
          return status === "done" || status === "failed" ? message : null;
        }
      JS
    }
  }

  depends_on = [google_project_service.this]
}

# The storage's agent publishes the notification.
resource "google_pubsub_topic_iam_member" "completions" {
  count = var.completion_topic ? 1 : 0

  topic  = google_pubsub_topic.completions[0].id
  role   = "roles/pubsub.publisher"
  member = data.google_storage_project_service_account.this.member
}

resource "google_storage_notification" "completions" {
  count = var.completion_topic ? 1 : 0

  bucket         = local.results_bucket
  topic          = google_pubsub_topic.completions[0].id
  payload_format = "JSON_API_V1"
  event_types    = ["OBJECT_FINALIZE"]

  depends_on = [google_pubsub_topic_iam_member.completions]
}
