variable "instance_id" {
  description = "The vServer to back up."
  type        = string
  default     = "ins-6e9f2c1d-5a34-4d0e-9a77-0c1b2d3e4f50"
}

variable "scratch_volume_id" {
  description = "A volume of it that needs no backup."
  type        = string
  default     = "vol-0b7a1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3"
}

variable "download_volume_ids" {
  description = "Volumes of it whose data to download."
  type        = set(string)
  default     = ["vol-1c8b2d3e-4f5a-4b6c-9d7e-8f90a1b2c3d4"]
}

variable "download_directory" {
  description = "Where the data go. The directory must exist."
  type        = string
  default     = "/mnt/export"
}

variable "clone" {
  description = "What the restored server is made of."
  type = object({
    flavor_id         = string
    network_id        = string
    subnet_id         = string
    root_disk_type_id = string
  })
  default = {
    flavor_id         = "flav-2d9c3e4f-5a6b-4c7d-8e8f-90a1b2c3d4e5"
    network_id        = "net-3e0d4f5a-6b7c-4d8e-9f90-a1b2c3d4e5f6"
    subnet_id         = "sub-4f1e5a6b-7c8d-4e9f-90a1-b2c3d4e5f607"
    root_disk_type_id = "vtype-5a2f6b7c-8d9e-4fa0-91b2-c3d4e5f60718"
  }
}
