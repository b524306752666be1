package cbr

import (
	"net/url"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// flavour is which cloud this is, as far as the configuration tells. Huawei Cloud can do more; of
// another cloud only its answers tell what it can.
type flavour struct {
	telekom bool
}

func flavourOf(cfg huaweicloud.Config) flavour {
	telekom := cfg.AuthURL == "" && cfg.Endpoint == "" && (cfg.Region == "eu-de" || cfg.Region == "eu-nl")
	for _, address := range []string{cfg.AuthURL, cfg.Endpoint} {
		if u, err := url.Parse(address); err == nil {
			telekom = telekom || strings.HasSuffix(u.Hostname(), ".otc.t-systems.com")
		}
	}
	return flavour{telekom: telekom}
}

// onlyHuawei is what users read of what Open Telekom Cloud does not have.
const onlyHuawei = "Only Huawei Cloud can do that; Open Telekom Cloud cannot."
