variable "name" {
  description = "Name of the server, and of its policy."
  type        = string
}

variable "sources" {
  description = "What to back up: absolute paths of directories, files or disk images."
  type        = set(string)

  validation {
    condition     = length(var.sources) > 0 && alltrue([for s in var.sources : s == abspath(s)])
    error_message = "sources must have at least one path, and each must be absolute, such as /srv."
  }
}

variable "exclude" {
  description = "What to leave out of the sources, as gitignore rules."
  type        = list(string)
  default     = []
}

variable "schedules" {
  description = "When to back up, as RFC 5545 rules in timezone."
  type        = list(string)
  default     = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
}

variable "timezone" {
  description = "IANA zone of the schedules and of the retention."
  type        = string
  default     = "UTC"
}

variable "retention" {
  description = "How many points of each kind stay; null keeps every point."
  type = object({
    latest  = optional(number)
    hourly  = optional(number)
    daily   = optional(number)
    weekly  = optional(number)
    monthly = optional(number)
    yearly  = optional(number)
    days    = optional(number)
  })
  default = { daily = 7, weekly = 4, monthly = 12 }
}

variable "release" {
  description = "Another value takes another point on demand, before the old one goes."
  type        = string
  default     = "1"
}

variable "points_on_destroy" {
  description = "What becomes of the points when the server is destroyed: fail, keep or delete."
  type        = string
  default     = "keep"
}

variable "max_age_hours" {
  description = "The check \"fresh\" warns when the last good point is older than this."
  type        = number
  default     = 26
}

variable "max_size_gb" {
  description = "The check \"size\" warns when the points of the server take more than this together; null checks nothing."
  type        = number
  default     = null
}
