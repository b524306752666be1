package vngcloud

import "github.com/serverbackup/terraform-provider-serverbackup/internal/backup"

// PolicyOptions are the options of a [backup.Policy] on this service. As it shows a policy, all members
// are set.
type PolicyOptions struct {
	// IncrementalsPerFull is per cadence; nil is that of the policy. It is shown for the cadences that are on.
	IncrementalsPerFull *Incrementals
	// EmailOn are the outcomes, ERROR and SUCCESS, that e-mail is sent on, sorted.
	EmailOn []string
	// ProtectServer marks the servers of the policy as protected. What that does is not documented alike
	// everywhere [3.5].
	ProtectServer bool
}

// Incrementals are numbers of incremental points between two full ones; nil is 0.
type Incrementals struct {
	Hourly, Daily, Weekly, Monthly *int64
}

// The outcomes of [PolicyOptions.EmailOn].
const (
	EmailOnError   = "ERROR"
	EmailOnSuccess = "SUCCESS"
)

func policyOptions(p backup.Policy) (PolicyOptions, bool) {
	if p.Options == nil {
		return PolicyOptions{}, true
	}
	o, ok := p.Options.(PolicyOptions)
	return o, ok
}

// cadence is one of the four schedules that a policy can have.
type cadence string

const (
	hourly  cadence = "hourly"
	daily   cadence = "daily"
	weekly  cadence = "weekly"
	monthly cadence = "monthly"
)

var cadences = []cadence{hourly, daily, weekly, monthly}

// of returns the number for a cadence.
func (i *Incrementals) of(c cadence) **int64 {
	switch c {
	case hourly:
		return &i.Hourly
	case daily:
		return &i.Daily
	case weekly:
		return &i.Weekly
	default:
		return &i.Monthly
	}
}

// retentionOf returns the count of a retention for a cadence.
func retentionOf(r *backup.Retention, c cadence) **int64 {
	switch c {
	case hourly:
		return &r.Hourly
	case daily:
		return &r.Daily
	case weekly:
		return &r.Weekly
	default:
		return &r.Monthly
	}
}
