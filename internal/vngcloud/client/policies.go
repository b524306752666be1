package client

import (
	"context"
	"net/http"
	"net/url"
)

// Policy is a backup policy [2.2].
type Policy struct {
	ID        string       `json:"id"`
	BackendID string       `json:"backendId"`
	ProjectID string       `json:"projectId"`
	Name      string       `json:"name"`
	IsDefault bool         `json:"isDefault"`
	Product   Text         `json:"product"`
	Config    PolicyConfig `json:"config"`
	CreatedAt Time         `json:"createdAt"`
}

func (p Policy) key() string { return p.ID }

// PolicyConfig is the schedule and retention of a policy [2.2]. A cadence that is off has an empty
// config.
type PolicyConfig struct {
	Hour     Number `json:"hour"`
	Minute   Number `json:"minute"`
	TimeZone string `json:"timeZone"`

	HourlyEnabled  bool          `json:"hourlyEnabled"`
	HourlyConfig   CadenceConfig `json:"hourlyConfig"`
	DailyEnabled   bool          `json:"dailyEnabled"`
	DailyConfig    CadenceConfig `json:"dailyConfig"`
	WeeklyEnabled  bool          `json:"weeklyEnabled"`
	WeeklyConfig   CadenceConfig `json:"weeklyConfig"`
	MonthlyEnabled bool          `json:"monthlyEnabled"`
	MonthlyConfig  CadenceConfig `json:"monthlyConfig"`

	IsProtectedServer bool `json:"isProtectedServer"`
	// StatusSendEmail are outcomes, ERROR and SUCCESS, that e-mail is sent on.
	StatusSendEmail []string `json:"statusSendEmail"`
}

// The values of BackupType and of the Type of a monthly cadence [2.2].
const (
	BackupFull        = "FULL"
	BackupIncremental = "INCREMENTAL"
	DayOfMonth        = "DAY_OF_MONTH"
	DayOfWeek         = "DAY_OF_WEEK"
)

// CadenceConfig is one cadence of a policy. Retention counts full points.
type CadenceConfig struct {
	Interval            Number `json:"interval,omitzero"`
	Retention           Number `json:"retention,omitzero"`
	BackupType          string `json:"backupType,omitempty"`
	IncrementalQuantity Number `json:"incrementalQuantity,omitzero"`
	Type                string `json:"type,omitempty"`
	// DayOfWeek is 1 for Monday to 7 for Sunday.
	DayOfWeek   Number `json:"dayOfWeek,omitzero"`
	DayOfMonth  Number `json:"dayOfMonth,omitzero"`
	WeekOfMonth Number `json:"weekOfMonth,omitzero"`
}

// PolicyWrite is what a policy is created or replaced with. All members are required.
type PolicyWrite struct {
	BackendID string       `json:"backendId"`
	ProjectID string       `json:"projectId"`
	Name      string       `json:"name"`
	Config    PolicyConfig `json:"config"`
}

// Policies lists the policies of the account, vDB's included.
func (c *Client) Policies(ctx context.Context) ([]Policy, error) {
	return list[Policy](ctx, c, "/v1/backup-policies", nil)
}

// Policy reads one policy.
func (c *Client) Policy(ctx context.Context, id string) (p Policy, err error) {
	seg, err := segment(id)
	if err != nil {
		return p, err
	}
	return get[Policy](ctx, c, c.cfg.Backup, "/v1/backup-policies/"+seg)
}

// CreatePolicy makes a policy.
func (c *Client) CreatePolicy(ctx context.Context, w PolicyWrite) (Policy, error) {
	return create[Policy](ctx, c, c.cfg.Backup, "/v1/backup-policies", w)
}

// ReplacePolicy replaces name and schedule: a cadence that is left out is switched off.
func (c *Client) ReplacePolicy(ctx context.Context, id string, w PolicyWrite) error {
	return c.writeTo(ctx, http.MethodPut, "/v1/backup-policies/", id, "", w)
}

// DeletePolicy deletes a policy that nothing uses.
func (c *Client) DeletePolicy(ctx context.Context, id string) error {
	return c.writeTo(ctx, http.MethodDelete, "/v1/backup-policies/", id, "", nil)
}

// SwitchDefaultPolicy makes a policy the one default.
func (c *Client) SwitchDefaultPolicy(ctx context.Context, id string) error {
	return c.writeTo(ctx, http.MethodPut, "/v1/backup-policies/", id, "/switch-default", nil)
}

// writeTo writes to the path of an object.
func (c *Client) writeTo(ctx context.Context, method, prefix, id, suffix string, body any) error {
	seg, err := segment(id)
	if err != nil {
		return err
	}
	return c.write(ctx, method, prefix+seg+suffix, body)
}

// Configurations are the bounds of policies [2.1].
type Configurations struct {
	HourlyIntervals []Number `json:"backup_policy_hourly_interval"`
	RetentionLimit  struct {
		Hourly  Number `json:"hourly"`
		Daily   Number `json:"daily"`
		Weekly  Number `json:"weekly"`
		Monthly Number `json:"monthly"`
	} `json:"backup_policy_retention_limit"`
	TimeRanges []struct {
		Key    Number `json:"key"`
		Enable bool   `json:"enable"`
	} `json:"backup_policy_time_ranges"`
}

// Configurations reads the bounds of policies.
func (c *Client) Configurations(ctx context.Context) (Configurations, error) {
	v, err := get[struct {
		Configs Configurations `json:"configs"`
	}](ctx, c, c.cfg.Backup, "/v1/configurations")
	return v.Configs, err
}

// Backend is the backup service of a region.
type Backend struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (b Backend) key() string { return b.ID }

// Backends lists the backends that the gateway knows, which may be those of other regions, too [1.1].
func (c *Client) Backends(ctx context.Context) ([]Backend, error) {
	return list[Backend](ctx, c, "/v1/backends", nil)
}

// Project is a project of the account.
type Project struct {
	ID string `json:"projectId"`
}

// Projects lists the projects of the account in the region, of which there is usually one [1.5].
func (c *Client) Projects(ctx context.Context) ([]Project, error) {
	rows, _, err := rowsOf[Project](ctx, c, c.cfg.VServer, "/v1/projects", url.Values{})
	return rows, err
}
