package engine

import (
	"context"

	"github.com/kopia/kopia/fs/ignorefs"
	"github.com/kopia/kopia/fs/virtualfs"
	"github.com/kopia/kopia/snapshot/policy"
)

// CheckRule says what is wrong with an exclude rule.
func CheckRule(ctx context.Context, rule string) error {
	tree := policy.BuildTree(map[string]*policy.Policy{".": SourcePolicy{Exclude: []string{rule}}.policy("/", false)}, policy.DefaultPolicy)
	it, err := ignorefs.New(virtualfs.NewStaticDirectory("/", nil), tree).Iterate(ctx)
	if err != nil {
		return err
	}
	it.Close()
	return nil
}
