package huaweicloud

// Environment variables as the users of these clouds have them: OS_… of Open Telekom Cloud and the
// OpenStack tools, HW_… of Huawei Cloud. The first that is set counts.
var (
	settingVariables = []struct {
		member func(*Config) *string
		names  []string
	}{
		{func(c *Config) *string { return &c.AuthURL }, []string{"OS_AUTH_URL", "HW_AUTH_URL"}},
		{func(c *Config) *string { return &c.Region }, []string{"OS_REGION_NAME", "HW_REGION_NAME"}},
		{func(c *Config) *string { return &c.CAFile }, []string{"OS_CACERT", "HW_CACERT"}},
	}
	credentialVariables = []struct {
		member func(*Config) *string
		names  []string
	}{
		{func(c *Config) *string { return &c.UserName }, []string{"USERNAME", "USER_NAME"}},
		{func(c *Config) *string { return &c.Password }, []string{"PASSWORD", "USER_PASSWORD"}},
		{func(c *Config) *string { return &c.AccessKey }, []string{"ACCESS_KEY"}},
		{func(c *Config) *string { return &c.SecretKey }, []string{"SECRET_KEY"}},
		{func(c *Config) *string { return &c.SecurityToken }, []string{"SECURITY_TOKEN"}},
	}
)

// WithEnvironment fills in what is not set from the environment, which getenv reads; it is os.Getenv
// outside of tests. Credentials come as a whole, from the configuration, from OS_… or from HW_…, so
// that no user gets the key of another; so do project and domain, of which the id and the name are one.
func (c Config) WithEnvironment(getenv func(string) string) Config {
	first := func(names ...string) string {
		for _, name := range names {
			if value := getenv(name); value != "" {
				return value
			}
		}
		return ""
	}
	for _, v := range settingVariables {
		if member := v.member(&c); *member == "" {
			*member = first(v.names...)
		}
	}
	if c.UserName == "" && c.Password == "" && c.AccessKey == "" && c.SecretKey == "" {
		c = c.withCredentials(first)
	}
	if c.ProjectID == "" && c.ProjectName == "" {
		c.ProjectID = first("OS_PROJECT_ID", "OS_TENANT_ID")
		if c.ProjectName = first("OS_PROJECT_NAME", "OS_TENANT_NAME"); c.ProjectID == "" && c.ProjectName == "" {
			c.ProjectID, c.ProjectName = first("HW_PROJECT_ID"), first("HW_PROJECT_NAME")
		}
	}
	if c.DomainID == "" && c.DomainName == "" {
		c.DomainID = first("OS_DOMAIN_ID", "OS_USER_DOMAIN_ID")
		if c.DomainName = first("OS_DOMAIN_NAME", "OS_USER_DOMAIN_NAME"); c.DomainID == "" && c.DomainName == "" {
			c.DomainID, c.DomainName = first("HW_DOMAIN_ID"), first("HW_DOMAIN_NAME")
		}
	}
	return c
}

func (c Config) withCredentials(first func(...string) string) Config {
	for _, prefix := range []string{"OS_", "HW_"} {
		found := Config{}
		for _, v := range credentialVariables {
			for _, name := range v.names {
				if member := v.member(&found); *member == "" {
					*member = first(prefix + name)
				}
			}
		}
		switch {
		case found.AccessKey != "" && found.SecretKey != "":
			// As the tools of these clouds do: a key goes before a user.
			c.AccessKey, c.SecretKey, c.SecurityToken = found.AccessKey, found.SecretKey, found.SecurityToken
			return c
		case found.UserName != "" && found.Password != "":
			c.UserName, c.Password = found.UserName, found.Password
			return c
		}
	}
	return c
}
