package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// makeTree fills a directory: half of the bytes are random, half are text, in files of one size in 100
// directories.
func makeTree(dir string, files int, total int64) error {
	size := total / int64(files)
	for i := range files {
		if err := writeFile(filepath.Join(dir, fmt.Sprintf("d%02d", i%100), fmt.Sprintf("f%05d", i)), i, size, uint64(i)); err != nil {
			return err
		}
	}
	return nil
}

// changeTree writes one percent of the files anew.
func changeTree(dir string, files int, total int64, round int) error {
	for i := 0; i < files; i += 100 {
		n := (i + round) % files
		path := filepath.Join(dir, fmt.Sprintf("d%02d", n%100), fmt.Sprintf("f%05d", n))
		if err := writeFile(path, n, total/int64(files), uint64(files*(round+1)+n)); err != nil { //nolint:gosec // small
			return err
		}
	}
	return nil
}

// chunk bounds what is in memory: a process starts with the peak of the one that started it.
const chunk = 1 << 20

func writeFile(path string, i int, size int64, seed uint64) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // ours
	if err != nil {
		return err
	}
	for ; size > 0 && err == nil; size -= chunk {
		_, err = f.Write(content(i, min(size, chunk), seed))
		seed += 1 << 32
	}
	return errors.Join(err, f.Close())
}

// content is random for even i and text for odd.
func content(i int, size int64, seed uint64) []byte {
	data := make([]byte, 0, size+128)
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // data, not keys
	for int64(len(data)) < size {
		if i%2 == 0 {
			data = binary.LittleEndian.AppendUint64(data, r.Uint64())
		} else {
			data = fmt.Appendf(data, "2026-11-21T%02d:%02d:%02dZ host-%d service[%d]: request %x took %d ms\n",
				r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(9), r.IntN(9999), r.Uint32(), r.IntN(500))
		}
	}
	return data[:size]
}
