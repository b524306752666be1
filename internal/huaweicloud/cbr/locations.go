package cbr

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// LocationOptions are what only vaults have.
type LocationOptions struct {
	// PolicyID is the policy of every server in the vault; empty is none.
	PolicyID string
	// ReplicationPolicyID is a policy that replicates the points of the vault; empty is none.
	ReplicationPolicyID string
	// AutoExpand lets the vault grow when it is full.
	AutoExpand bool
	// AutoBindTags bring servers that have these tags into the vault; nil brings none, empty all.
	AutoBindTags map[string]string
	// Locked keeps automatic points from being deleted before their time; it cannot be taken back.
	Locked bool
	// ConsistentLevel is crash_consistent, or app_consistent on Huawei Cloud; fixed at creation.
	ConsistentLevel string
	// ChargingMode is post_paid or pre_paid; fixed at creation.
	ChargingMode string
	Tags         map[string]string
}

const (
	crashConsistent = "crash_consistent"
	appConsistent   = "app_consistent"
	postPaid        = "post_paid"

	gigabyte = int64(1) << 30
	megabyte = int64(1) << 20
)

// locationOptions fills in what the service would.
func locationOptions(l backup.Location) LocationOptions {
	o, _ := l.Options.(LocationOptions)
	if o.ConsistentLevel == "" {
		o.ConsistentLevel = crashConsistent
	}
	if o.ChargingMode == "" {
		o.ChargingMode = postPaid
	}
	return o
}

// Locations lists vaults for servers, by name.
func (s *Service) Locations(ctx context.Context) iter.Seq2[backup.Location, error] {
	return each(func() ([]backup.Location, error) {
		inv, err := s.inventory.Get(ctx)
		if err != nil {
			return nil, err
		}
		list := make([]backup.Location, 0, len(inv.vaults))
		for i := range inv.vaults {
			list = append(list, s.location(inv, &inv.vaults[i]))
		}
		slices.SortFunc(list, func(a, b backup.Location) int {
			return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
		})
		return list, nil
	})
}

// Location returns one vault.
func (s *Service) Location(ctx context.Context, id string) (backup.Location, error) {
	inv, err := s.inventory.Get(ctx)
	if err != nil {
		return backup.Location{}, err
	}
	v := inv.byID[id]
	if v == nil {
		return backup.Location{}, notFound("location (vault)", id)
	}
	return s.location(inv, v), nil
}

func (s *Service) location(inv *inventory, v *vaultAnswer) backup.Location {
	id := string(v.ID)
	o := LocationOptions{
		PolicyID:            inv.policyOf[id],
		ReplicationPolicyID: inv.replicationOf[id],
		AutoExpand:          v.AutoExpand.Value,
		Locked:              v.Locked.Value,
		ConsistentLevel:     string(v.Billing.ConsistentLevel),
		ChargingMode:        string(v.Billing.ChargingMode),
		Tags:                tagMap(v.Tags),
	}
	if v.AutoBind.Value {
		o.AutoBindTags = map[string]string{}
		maps.Copy(o.AutoBindTags, tagMap(v.BindRules.Value.Tags))
	}
	return backup.Location{
		ID:          id,
		Name:        string(v.Name),
		Region:      s.client.Region(),
		QuotaBytes:  times(v.Billing.Size.Int(), gigabyte),
		UsedBytes:   times(v.Billing.Used.Int(), megabyte),
		ServerCount: new(int64(len(v.Resources))),
		CreatedAt:   v.CreatedAt.Time,
		Options:     o,
	}
}

func times(n *int64, unit int64) *int64 {
	if n == nil {
		return nil
	}
	return new(*n * unit)
}

// tagMap is nil if there are none.
func tagMap(tags []tag) map[string]string {
	if len(tags) == 0 {
		return nil
	}
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[string(t.Key)] = string(t.Value)
	}
	return m
}

func tagList(tags map[string]string) []tag {
	list := make([]tag, 0, len(tags))
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, tag{huaweicloud.Text(key), huaweicloud.Text(tags[key])})
	}
	return list
}
