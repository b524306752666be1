package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// providerName is the file that Terraform starts. A link of that name to this program starts the
// provider in turn, because only who starts a process hears what memory it took.
const providerName = "terraform-provider-serverbackup"

const (
	// realProviderEnv is the provider that is measured, costsEnv the file that gets one line for each
	// process of it.
	realProviderEnv = "SERVERBACKUP_BENCH_PROVIDER"
	costsEnv        = "SERVERBACKUP_BENCH_COSTS"
)

// cost is what one process of the provider took.
type cost struct {
	Memory int64         // peak resident bytes
	CPU    time.Duration // of all processors
}

// serveMeasured runs the provider, writes down what it took, and returns its exit code.
func serveMeasured() int {
	cmd := exec.Command(os.Getenv(realProviderEnv), os.Args[1:]...) //nolint:gosec,noctx // ends when Terraform says so
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		log.Print(err)
		return 1
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		log.Print("the system does not say what a process took")
		return 1
	}
	spent := cost{Memory: usage.Maxrss << 10, CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if err := appendCost(spent); err != nil {
		log.Print(err)
		return 1
	}
	return cmd.ProcessState.ExitCode()
}

func appendCost(c cost) error {
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(os.Getenv(costsEnv), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // the benchmark names it
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// takeCosts reads and removes what the processes of the provider wrote down.
func takeCosts(file string) (costs []cost, err error) {
	data, err := os.ReadFile(file) //nolint:gosec // ours
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("no process of the provider said what it took")
	}
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		var c cost
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, err
		}
		costs = append(costs, c)
	}
	return costs, errors.Join(lines.Err(), os.Remove(file))
}

// installProvider builds the provider of the working directory, once, and puts what measures it where
// Terraform will look.
func (b *run) installProvider() (dir, provider string, err error) {
	dir, provider = filepath.Join(b.dir, "plugins"), filepath.Join(b.dir, "provider")
	link := filepath.Join(dir, providerName)
	if _, err := os.Lstat(link); err == nil {
		return dir, provider, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", "", err
	}
	build := exec.CommandContext(b.ctx, "go", "build", "-o", provider, ".") //nolint:gosec // ours
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", "", err
	}
	return dir, provider, os.Symlink(self, link)
}
