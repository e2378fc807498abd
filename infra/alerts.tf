# Nothing here exists without an address to write to, but for the dashboard, which is free.

locals {
  _alerts = var.alert_email == null ? 0 : 1
  # Eventarc names its subscription after its trigger.
  _trigger      = basename(google_cloudfunctions2_function.worker.event_trigger[0].trigger)
  _subscription = "resource.type = \"pubsub_subscription\" AND resource.label.subscription_id = monitoring.regex.full_match(\"eventarc-.*${local._trigger}.*\")"
}

resource "google_monitoring_dashboard" "this" {
  dashboard_json = templatefile("${path.module}/dashboard.json", {
    api     = google_cloudfunctions2_function.api.name
    prefix  = var.prefix
    trigger = local._trigger
    worker  = google_cloudfunctions2_function.worker.name
  })
}

resource "google_monitoring_notification_channel" "this" {
  count = local._alerts

  display_name = "${var.prefix}: Auto-K"
  type         = "email"
  labels       = { email_address = var.alert_email }

  depends_on = [google_project_service.this]
}

resource "google_monitoring_alert_policy" "failures" {
  count = local._alerts

  display_name          = "${var.prefix}: one request in twenty fails"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.this[0].id]

  dynamic "conditions" {
    for_each = concat(
      [google_cloudfunctions2_function.api.name, google_cloudfunctions2_function.worker.name],
      google_cloudfunctions2_function.tinify[*].name,
    )
    content {
      display_name = "5xx of ${conditions.value} over 5 % for 10 minutes"
      condition_threshold {
        filter             = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.label.service_name = \"${conditions.value}\" AND metric.label.response_code_class = \"5xx\""
        denominator_filter = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.label.service_name = \"${conditions.value}\""
        comparison         = "COMPARISON_GT"
        threshold_value    = 0.05
        duration           = "600s"

        aggregations {
          alignment_period     = "300s"
          per_series_aligner   = "ALIGN_RATE"
          cross_series_reducer = "REDUCE_SUM"
        }
        denominator_aggregations {
          alignment_period     = "300s"
          per_series_aligner   = "ALIGN_RATE"
          cross_series_reducer = "REDUCE_SUM"
        }
      }
    }
  }

  documentation {
    content = "Look at the log of the service: severity>=WARNING. A worker that answers 503 asks for its event again, so that short storms heal by themselves."
  }
}

resource "google_monitoring_alert_policy" "waiting" {
  count = local._alerts

  display_name          = "${var.prefix}: an event waits"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.this[0].id]

  conditions {
    display_name = "The oldest event is older than 5 minutes"
    condition_threshold {
      filter          = "metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND ${local._subscription}"
      comparison      = "COMPARISON_GT"
      threshold_value = 300
      duration        = "300s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  conditions {
    display_name = "Events were given up"
    condition_threshold {
      filter          = "metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.type = \"pubsub_subscription\" AND resource.label.subscription_id = \"${google_pubsub_subscription.dead_letters.name}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  documentation {
    content = "Raise worker_max_instances when the worker is busy; otherwise its log says why events are given back."
  }
}

resource "google_logging_metric" "poison" {
  count = local._alerts

  name   = "${var.prefix}-poison"
  filter = "resource.type=\"cloud_run_revision\" resource.labels.service_name=\"${google_cloudfunctions2_function.worker.name}\" jsonPayload.message=\"failed\" jsonPayload.code=\"poison\""

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }
}

resource "google_monitoring_alert_policy" "poison" {
  count = local._alerts

  display_name          = "${var.prefix}: an image killed every attempt"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.this[0].id]

  conditions {
    display_name = "A report says poison"
    condition_threshold {
      filter          = "metric.type = \"logging.googleapis.com/user/${google_logging_metric.poison[0].name}\" AND resource.type = \"cloud_run_revision\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_DELTA"
      }
    }
  }

  documentation {
    content = "The upload is in the uploads bucket for as long as its owner, or a day, lets it be; the log names the hash of its name."
  }
}
