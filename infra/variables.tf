variable "access_key_secret" {
  description = "Name of a secret in Secret Manager whose latest version every caller of the API has to present; null opens the API to everybody."
  type        = string
  default     = null

  validation {
    condition     = var.access_key_secret == null || can(regex("^[A-Za-z0-9_-]{1,255}$", var.access_key_secret))
    error_message = "access_key_secret is the name of a secret, such as autok-keys, without its project."
  }
}

variable "alert_email" {
  description = "Address that is written to when requests fail, events wait or an image kills its process; null makes no alerts."
  type        = string
  default     = null
}

variable "api_max_instances" {
  description = "Most instances of the API. Two that work day and night cost $4.36 a day in compute."
  type        = number
  default     = 2

  validation {
    condition     = var.api_max_instances >= 1 && var.api_max_instances <= 1000 && floor(var.api_max_instances) == var.api_max_instances
    error_message = "api_max_instances is a whole number from 1 to 1000."
  }
}

variable "armor_rate" {
  description = "Requests a minute that one address may make before Cloud Armor answers 429; 0 makes no such rule. Needs a domain."
  type        = number
  default     = 0

  validation {
    condition     = var.armor_rate == 0 || (var.armor_rate >= 10 && var.armor_rate <= 10000 && floor(var.armor_rate) == var.armor_rate)
    error_message = "armor_rate is 0, or a whole number from 10 to 10000."
  }

  validation {
    condition     = var.armor_rate == 0 || var.domain != null
    error_message = "armor_rate needs a domain: Cloud Armor stands before the load balancer alone."
  }
}

variable "budget_usd" {
  description = "Dollars a month of which the billing account's administrators hear at 50, 90 and 100 %; 0 makes no budget. It warns, it stops nothing."
  type        = number
  default     = 0

  validation {
    condition     = var.budget_usd == 0 || (var.budget_usd >= 1 && floor(var.budget_usd) == var.budget_usd)
    error_message = "budget_usd is 0, or a whole number of dollars."
  }
}

variable "completion_topic" {
  description = "Whether every finished report is announced on a Pub/Sub topic."
  type        = bool
  default     = false
}

variable "domain" {
  description = "Host name, such as images.example.org, at which a load balancer serves page, API and CDN from one origin (about $18 a month); null makes none."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null || can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.domain))
    error_message = "domain is a host name in lower case, without scheme or path."
  }
}

variable "force_destroy" {
  description = "Whether destroying removes buckets that still hold objects; false keeps them, and the destruction fails there."
  type        = bool
  default     = true
}

variable "keep_days" {
  description = "Days after which uploads and results outside web/ are deleted; 0 keeps them until their owner deletes them."
  type        = number
  default     = 0

  validation {
    condition     = var.keep_days >= 0 && floor(var.keep_days) == var.keep_days
    error_message = "keep_days is a whole number, 0 or more."
  }
}

variable "location" {
  description = "Location of the buckets and of the event trigger; null is the region."
  type        = string
  default     = null
}

variable "prefix" {
  description = "Begins the name of everything that is created, so that a project can hold several deployments."
  type        = string
  default     = "autok"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,14}[a-z0-9]$", var.prefix))
    error_message = "prefix has 3 to 16 lower-case letters, digits and dashes, and begins with a letter."
  }
}

variable "project" {
  description = "Id of the project to deploy into."
  type        = string
}

variable "public_results" {
  description = "Prefix of objects, such as site/, whose results and reports everybody may read, for sites that embed them (through the CDN where there is a domain); null keeps all private."
  type        = string
  default     = null

  validation {
    condition     = var.public_results == null || can(regex("^[a-z0-9][a-z0-9_-]*/$", var.public_results))
    error_message = "public_results is one folder with a slash at its end, such as site/."
  }

  validation {
    condition     = !contains(["web/", "css/", "demos/", "js/", "output/", "v1/", "vendor/"], coalesce(var.public_results, "-"))
    error_message = "public_results is none of web/ (what visitors upload is private), css/, demos/, js/, output/, v1/ and vendor/ (paths of the site)."
  }
}

variable "rate_limit" {
  description = "Addresses that one instance of the API signs a minute."
  type        = number
  default     = 600

  validation {
    condition     = var.rate_limit >= 1 && var.rate_limit <= 1000000 && floor(var.rate_limit) == var.rate_limit
    error_message = "rate_limit is a whole number from 1 to 1000000."
  }
}

variable "region" {
  description = "Region of the functions."
  type        = string
  default     = "us-central1"
}

variable "results_bucket" {
  description = "Name of an existing bucket for the results; null creates one."
  type        = string
  default     = null

  validation {
    condition     = var.results_bucket == null || var.results_bucket != var.uploads_bucket
    error_message = "results_bucket is another bucket than uploads_bucket: in one, every result would start the work again."
  }
}

variable "tinify_keys_secret" {
  description = "Name of a secret in Secret Manager whose latest version holds keys, one a line, for programs written for TinyPNG; null makes no such service."
  type        = string
  default     = null

  validation {
    condition     = var.tinify_keys_secret == null || can(regex("^[A-Za-z0-9_-]{1,255}$", var.tinify_keys_secret))
    error_message = "tinify_keys_secret is the name of a secret, such as autok-keys, without its project."
  }
}

variable "uploads_bucket" {
  description = "Name of an existing bucket whose objects are compressed; null creates one."
  type        = string
  default     = null
}

variable "worker_max_instances" {
  description = "Most images that are compressed at a time. Ten instances that work day and night cost $25.06 a day in compute, which is the worst that a flood of uploads can do to that part of the bill. With tinify_keys_secret as many again serve its callers, for as much again."
  type        = number
  default     = 10

  validation {
    condition     = var.worker_max_instances >= 1 && var.worker_max_instances <= 1000 && floor(var.worker_max_instances) == var.worker_max_instances
    error_message = "worker_max_instances is a whole number from 1 to 1000."
  }
}
