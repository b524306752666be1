variable "ecs_ids" {
  description = "Ids of the Elastic Cloud Servers to back up."
  type        = set(string)
  default     = ["8f1b7c02-4a53-4b0e-9d0b-7a0f5a1e2c31", "c4e6a0d5-93b7-4f6e-8a2d-5b1c9e7f0a42"]
}

variable "upgraded_id" {
  description = "Id of the one that is to be upgraded."
  type        = string
  default     = "8f1b7c02-4a53-4b0e-9d0b-7a0f5a1e2c31"
}
