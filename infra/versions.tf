terraform {
  required_version = ">= 1.9"

  required_providers {
    archive = {
      source  = "hashicorp/archive"
      version = "~> 2.7"
    }
    google = {
      source  = "hashicorp/google"
      version = ">= 7.30, < 9.0"
    }
    google-beta = {
      source  = "hashicorp/google-beta"
      version = ">= 7.30, < 9.0"
    }
    time = {
      source  = "hashicorp/time"
      version = "~> 0.13"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region
}

# The API of budgets asks which project pays for its calls.
provider "google" {
  alias                 = "billing"
  project               = var.project
  user_project_override = true
  billing_project       = var.project
}

# Service agents can be asked for through this provider alone.
provider "google-beta" {
  project = var.project
  region  = var.region
}
