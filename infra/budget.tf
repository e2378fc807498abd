resource "google_billing_budget" "this" {
  count    = var.budget_usd == 0 ? 0 : 1
  provider = google.billing

  billing_account = data.google_project.this.billing_account
  display_name    = "${var.prefix}: Auto-K"

  budget_filter {
    projects = ["projects/${data.google_project.this.number}"]
  }

  amount {
    specified_amount {
      currency_code = "USD"
      units         = tostring(var.budget_usd)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
    }
  }

  depends_on = [google_project_service.this]
}
