package client

import (
	"context"
	"net/http"
	"net/url"
)

// Location is a backup destination [2.6].
type Location struct {
	ID         string                 `json:"id"`
	Name       string                 `json:"name"`
	Status     Text                   `json:"status"`
	IsDefault  bool                   `json:"isDefault"`
	Type       Text                   `json:"type"`
	Product    Text                   `json:"product"`
	Servers    Number                 `json:"numberOfBackupInstances"`
	Quota      *Quota                 `json:"maxQuota"`
	SoftDelete *SoftDelete            `json:"softDeleteConfig"`
	Lock       *Lock                  `json:"vaultLock"`
	Config     Nested[LocationConfig] `json:"config"`
	CreatedAt  Time                   `json:"createdAt"`
}

func (l Location) key() string { return l.ID }

// Quota is in GB, alone among the sizes of this API [0.11].
type Quota struct {
	Unlimited bool   `json:"unlimited"`
	MaxQuota  Number `json:"maxQuota"`
}

// SoftDelete is the bin of a location.
type SoftDelete struct {
	Enable     bool   `json:"enable"`
	RetainDays Number `json:"retainDays"`
}

// Lock is the lock of a location. It can be changed for ChangeDuration days after CreatedAt.
type Lock struct {
	Enable         bool   `json:"enable"`
	ChangeDuration Number `json:"changeDuration"`
	MinRetention   Number `json:"minRetention"`
	MaxRetention   Number `json:"maxRetention"`
	CreatedAt      *Time  `json:"createdAt,omitempty"`
}

// LocationConfig is where a location is and what is in it; one of the two members is set.
type LocationConfig struct {
	Vault    *Storage `json:"vault"`
	VStorage *Storage `json:"vstorage"`
}

// Storage is where a location is. Used is in bytes.
type Storage struct {
	RegionID   string `json:"regionId"`
	RegionName string `json:"regionName"`
	Used       Number `json:"used"`
}

// LocationWrite is what a location is created with. All members are required, also those that are off,
// and a default that is left out is taken for true [2.6].
type LocationWrite struct {
	Name       string     `json:"name"`
	RegionID   string     `json:"regionId"`
	Product    string     `json:"product"`
	Quota      Quota      `json:"maxQuota"`
	SoftDelete SoftDelete `json:"softDeleteConfig"`
	Lock       Lock       `json:"vaultLock"`
	IsDefault  bool       `json:"isDefault"`
}

const locationsPath = "/v1/backup-destinations"

// Locations lists the locations of the account.
func (c *Client) Locations(ctx context.Context) ([]Location, error) {
	return list[Location](ctx, c, locationsPath, nil)
}

// Location reads one location.
func (c *Client) Location(ctx context.Context, id string) (l Location, err error) {
	seg, err := segment(id)
	if err != nil {
		return l, err
	}
	return get[Location](ctx, c, c.cfg.Backup, locationsPath+"/"+seg)
}

// CreateLocation makes a location. The answer may be empty.
func (c *Client) CreateLocation(ctx context.Context, w LocationWrite) (Location, error) {
	return create[Location](ctx, c, c.cfg.Backup, locationsPath, w)
}

// DeleteLocation deletes a location that nothing is in.
func (c *Client) DeleteLocation(ctx context.Context, id string) error {
	return c.writeTo(ctx, http.MethodDelete, locationsPath+"/", id, "", nil)
}

// SetLocationName renames a location.
func (c *Client) SetLocationName(ctx context.Context, id, name string) error {
	return c.writeTo(ctx, http.MethodPut, locationsPath+"/", id, "/name", map[string]string{"name": name})
}

// SetLocationQuota limits a location.
func (c *Client) SetLocationQuota(ctx context.Context, id string, q Quota) error {
	return c.writeTo(ctx, http.MethodPut, locationsPath+"/", id, "/max-quota", map[string]Quota{"maxQuota": q})
}

// SetLocationSoftDelete changes the bin of a location.
func (c *Client) SetLocationSoftDelete(ctx context.Context, id string, d SoftDelete) error {
	return c.writeTo(ctx, http.MethodPut, locationsPath+"/", id, "/soft-delete", d)
}

// SetLocationLock changes the lock of a location.
func (c *Client) SetLocationLock(ctx context.Context, id string, l Lock) error {
	return c.writeTo(ctx, http.MethodPut, locationsPath+"/", id, "/vault-lock", l)
}

// Region is where a location of a product may be. The id that a location is created with is RegionID,
// not the id of the row [2.6].
type Region struct {
	RegionID string `json:"regionId"`
	Name     string `json:"name"`
}

// Regions lists the regions of a product.
func (c *Client) Regions(ctx context.Context, product string) ([]Region, error) {
	rows, _, err := rowsOf[Region](ctx, c, c.cfg.Backup, "/v1/regions", url.Values{"product": {product}})
	return rows, err
}
