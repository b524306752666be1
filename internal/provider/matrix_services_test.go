package provider

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	emulatedcsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// matrixStore is a repository with something to back up.
type matrixStore struct {
	t *testing.T
	// dir is a directory that is the test's own, and files one in it.
	dir, files string
	service    *local.Service
}

func newMatrixStore(t *testing.T) *matrixStore {
	t.Helper()
	dir := t.TempDir()
	s := &matrixStore{t: t, dir: dir, files: filepath.Join(dir, "files")}
	writeFile(t, filepath.Join(s.files, "a.txt"), "content of a")
	service, err := local.New(local.Config{
		Repository: filepath.Join(dir, "repository"), Password: accPassword, Host: "testhost", User: "tester",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.service = service
	t.Cleanup(func() {
		if err := service.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// open is the one service of the store: a repository takes long to open, and with no cache it is read anew anyway.
func (s *matrixStore) open() backup.Service { return s.service }

// matrixCloud is an emulated cloud without a CLI.
func matrixCloud(t *testing.T, api http.Handler, clock *emulator.Clock) (*emulatorTest, string) {
	t.Helper()
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return &emulatorTest{fakeTest: &fakeTest{t: t}, clock: clock}, server.URL
}

func newMatrixCenter(t *testing.T) *centerTest {
	t.Helper()
	center := backupcenter.New(backupcenter.Options{ClientID: "emulator", ClientSecret: "emulator"})
	center.Tick = time.Second
	test, url := matrixCloud(t, center, center.Clock)
	c := &centerTest{emulatorTest: test, center: center, url: url}
	c.instance, c.volumes = center.AddInstance("web")
	return c
}

func (c *centerTest) open() backup.Service { return c.service() }

func newMatrixCSBS(t *testing.T) *csbsTest {
	t.Helper()
	cloud := emulatedcsbs.New(emulator.NewClock(cloudStart))
	cloud.Tick = time.Second
	cloud.IAM.Account = huaweicloudAccount()
	test, url := matrixCloud(t, cloud.Handler(), cloud.Clock)
	return &csbsTest{emulatorTest: test, cloud: cloud, url: url}
}

func (c *csbsTest) open() backup.Service { return c.service() }

func newMatrixCBR(t *testing.T, options emulatedcbr.Options) *cbrTest {
	t.Helper()
	base := emulator.New(emulator.NewClock(cloudStart))
	base.Tick = time.Second
	base.Plans.Set("", emulator.Plan{Duration: 5 * time.Second})
	cloud := emulatedcbr.New(base, options)
	test, url := matrixCloud(t, cloud.Handler(iam.New(base, huaweicloudAccount())), base.Clock)
	return &cbrTest{emulatorTest: test, cloud: cloud, base: base, url: url}
}

func (c *cbrTest) open() backup.Service { return c.service() }

// must is for fixtures: it ends the test if there is an error.
func must[T any](t *testing.T) func(v T, err error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// replication returns the id of a policy that replicates, of which only the service knows how it is made.
func (c *cbrTest) replication(name string) string {
	c.t.Helper()
	client := must[*huaweicloud.Client](c.t)(huaweicloud.NewClient(huaweicloudConfig(c.url), huaweicloud.API{Name: "cbr", Types: []string{"cbr"}, Version: "v3"}, huaweicloud.Options{}))
	var answer struct {
		Policy struct {
			ID string `json:"id"`
		} `json:"policy"`
	}
	if err := client.Do(c.t.Context(), huaweicloud.Post(map[string]any{"policy": map[string]any{
		"name": name, "operation_type": "replication",
		"operation_definition": map[string]any{"destination_region": "eu-nl", "destination_project_id": uuid.NewString(), "max_backups": 3},
		"trigger":              map[string]any{"properties": map[string]any{"pattern": []string{"FREQ=DAILY;BYHOUR=3;BYMINUTE=0"}}},
	}}, "policies"), &answer); err != nil {
		c.t.Fatal(err)
	}
	return answer.Policy.ID
}
