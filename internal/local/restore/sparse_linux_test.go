package restore_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/restore"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree/treetest"
)

// TestSparse: zeros become holes, and nothing else does.
func TestSparse(t *testing.T) {
	t.Parallel()
	const k = 1 << 10
	data := func(n int) string { return strings.Repeat("x", n) }
	zero := func(n int) string { return strings.Repeat("\x00", n) }
	for name, tc := range map[string]struct {
		content string
		atMost  int64 // bytes on disk
	}{
		"nothing but zeros": {zero(5<<20 + 17), 64 * k},
		"hole first":        {zero(1<<20) + data(10), 64 * k},
		"hole last":         {data(10) + zero(3<<20), 128 * k},
		"hole inside":       {data(64*k) + zero(2<<20) + data(64*k+1), 256 * k},
		"many holes":        {strings.Repeat(data(64*k)+zero(192*k), 20), 20*64*k + 64*k},
		"small zeros":       {zero(100), 64 * k},
		"dense":             {data(3<<20 + 5), 4 << 20},
		"unaligned":         {data(1) + zero(2<<20) + data(1), 256 * k},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := t.TempDir()
			tr := treetest.New(treetest.Dir("", treetest.File("f", tc.content)))
			if err := run(t, restore.Volume{Tree: tr, Base: target}, restore.Options{}); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(target, "f")
			got, err := os.ReadFile(file)
			if err != nil || !bytes.Equal(got, []byte(tc.content)) {
				t.Errorf("other content: %v", err)
			}
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Blocks*512 > tc.atMost {
				t.Errorf("%d bytes on disk, want at most %d", st.Blocks*512, tc.atMost)
			}
		})
	}
}
