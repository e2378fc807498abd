output "address" {
  description = "Address of the page."
  value       = var.domain == null ? "${local.site_origin}/index.html" : "${local.site_origin}/"
}

output "api" {
  description = "Origin of the API; its calls are described at /v1/openapi.json."
  value       = local.api_origin
}

output "completion_topic" {
  description = "Topic on which finished reports are announced; null without one."
  value       = one(google_pubsub_topic.completions[*].id)
}

output "dead_letter_topic" {
  description = "Topic that keeps events that were given up."
  value       = google_pubsub_topic.dead_letters.id
}

output "ip_address" {
  description = "Address that the domain's A record has to name; null without a domain."
  value       = one(google_compute_global_address.this[*].address)
}

output "project" {
  description = "Id of the project."
  value       = var.project
}

output "project_number" {
  description = "Number of the project, which names its service agents."
  value       = data.google_project.this.number
}

output "results_bucket" {
  description = "Bucket in which results and reports appear."
  value       = local.results_bucket
}

output "site_origin" {
  description = "Origin of the page, as the CORS rules of the buckets have to name it."
  value       = local.site_origin
}

output "tinify" {
  description = "Address to give to programs written for TinyPNG; null without keys."
  value       = local._tinify == 0 ? null : var.domain == null ? one(google_cloudfunctions2_function.tinify[*].service_config[0].uri) : "https://${var.domain}"
}

output "trigger" {
  description = "Eventarc's trigger, with its location, after which the subscription is named."
  value       = google_cloudfunctions2_function.worker.event_trigger[0].trigger
}

output "uploads_bucket" {
  description = "Bucket whose objects are compressed."
  value       = local.uploads_bucket
}

output "worker" {
  description = "Name of the worker's function and service."
  value       = google_cloudfunctions2_function.worker.name
}

output "worker_timeout" {
  description = "Seconds after which the platform ends a request of the worker."
  value       = local._worker_timeout
}
