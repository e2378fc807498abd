# One origin for page, API and public results; nothing here exists without a domain.

locals {
  _balanced = var.domain == null ? 0 : 1
  # What the bucket's pages cannot say about themselves.
  _headers = {
    "Content-Security-Policy"      = "${chomp(local._policy)}; frame-ancestors 'none'"
    "Cross-Origin-Opener-Policy"   = "same-origin"
    "Cross-Origin-Resource-Policy" = "same-origin"
    "Permissions-Policy"           = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    "Referrer-Policy"              = "no-referrer"
    "Strict-Transport-Security"    = "max-age=31536000"
    "X-Content-Type-Options"       = "nosniff"
  }
}

resource "google_compute_global_address" "this" {
  count = local._balanced

  name = "${var.prefix}-address"

  depends_on = [google_project_service.this]
}

resource "google_compute_managed_ssl_certificate" "this" {
  count = local._balanced

  # A certificate cannot change its domain; the new one needs another name to exist before the old one goes.
  name = "${var.prefix}-${substr(sha256(var.domain), 0, 8)}"

  managed {
    domains = [var.domain]
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [google_project_service.this]
}

resource "google_compute_ssl_policy" "this" {
  count = local._balanced

  name            = "${var.prefix}-tls"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"

  depends_on = [google_project_service.this]
}

resource "google_compute_region_network_endpoint_group" "api" {
  count = local._balanced

  name                  = "${var.prefix}-api"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = google_cloudfunctions2_function.api.name
  }

  depends_on = [google_project_service.this]
}

resource "google_compute_region_network_endpoint_group" "tinify" {
  count = local._balanced * local._tinify

  name                  = "${var.prefix}-tinify"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = google_cloudfunctions2_function.tinify[0].name
  }

  depends_on = [google_project_service.this]
}

resource "google_compute_security_policy" "this" {
  count = local._balanced == 1 && var.armor_rate > 0 ? 1 : 0

  name = "${var.prefix}-armor"

  rule {
    description = "Log4j's holes, whoever asks"
    action      = "deny(403)"
    priority    = 100
    match {
      expr {
        expression = "evaluatePreconfiguredWaf('cve-canary')"
      }
    }
  }

  rule {
    description = "So many requests a minute for each address"
    action      = "throttle"
    priority    = 1000
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = var.armor_rate
        interval_sec = 60
      }
    }
  }

  rule {
    description = "Everything else"
    action      = "allow"
    priority    = 2147483647
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_compute_backend_service" "api" {
  count = local._balanced

  name                  = "${var.prefix}-api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = one(google_compute_security_policy.this[*].id)

  backend {
    group = google_compute_region_network_endpoint_group.api[0].id
  }
}

resource "google_compute_backend_service" "tinify" {
  count = local._balanced * local._tinify

  name                  = "${var.prefix}-tinify"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = one(google_compute_security_policy.this[*].id)

  backend {
    group = google_compute_region_network_endpoint_group.tinify[0].id
  }
}

resource "google_compute_backend_bucket" "site" {
  count = local._balanced

  name                    = "${var.prefix}-site"
  bucket_name             = google_storage_bucket.site.name
  enable_cdn              = true
  compression_mode        = "AUTOMATIC"
  custom_response_headers = [for name, value in local._headers : "${name}: ${value}"]

  cdn_policy {
    cache_mode = "USE_ORIGIN_HEADERS"
  }

  depends_on = [google_project_service.this]
}

resource "google_compute_backend_bucket" "results" {
  count = local._balanced == 1 && var.public_results != null ? 1 : 0

  name                    = "${var.prefix}-results"
  bucket_name             = local.results_bucket
  enable_cdn              = true
  custom_response_headers = ["X-Content-Type-Options: nosniff", "Content-Security-Policy: default-src 'none'; sandbox"]

  cdn_policy {
    # Results are written as private, for all that lies outside this folder.
    cache_mode  = "FORCE_CACHE_ALL"
    default_ttl = 3600
    client_ttl  = 3600
  }

  depends_on = [google_project_service.this]
}

resource "google_compute_url_map" "this" {
  count = local._balanced

  name            = "${var.prefix}-site"
  default_service = google_compute_backend_bucket.site[0].id

  host_rule {
    hosts        = [var.domain]
    path_matcher = "site"
  }

  path_matcher {
    name            = "site"
    default_service = google_compute_backend_bucket.site[0].id

    path_rule {
      paths   = ["/v1/*"]
      service = google_compute_backend_service.api[0].id
    }

    dynamic "path_rule" {
      for_each = google_compute_backend_service.tinify
      content {
        paths   = ["/shrink", "/output/*"]
        service = path_rule.value.id
      }
    }

    dynamic "path_rule" {
      for_each = google_compute_backend_bucket.results
      content {
        paths   = ["/${var.public_results}*"]
        service = path_rule.value.id
      }
    }
  }
}

resource "google_compute_target_https_proxy" "this" {
  count = local._balanced

  name             = "${var.prefix}-https"
  url_map          = google_compute_url_map.this[0].id
  ssl_certificates = [google_compute_managed_ssl_certificate.this[0].id]
  ssl_policy       = google_compute_ssl_policy.this[0].id
}

resource "google_compute_global_forwarding_rule" "https" {
  count = local._balanced

  name                  = "${var.prefix}-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this[0].id
  port_range            = "443"
  target                = google_compute_target_https_proxy.this[0].id
}

# Plain HTTP answers with the way to HTTPS, and nothing else.
resource "google_compute_url_map" "redirect" {
  count = local._balanced

  name = "${var.prefix}-redirect"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }

  depends_on = [google_project_service.this]
}

resource "google_compute_target_http_proxy" "redirect" {
  count = local._balanced

  name    = "${var.prefix}-redirect"
  url_map = google_compute_url_map.redirect[0].id
}

resource "google_compute_global_forwarding_rule" "http" {
  count = local._balanced

  name                  = "${var.prefix}-http"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this[0].id
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect[0].id
}
