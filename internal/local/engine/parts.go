package engine

import (
	"bytes"
	"context"
	"crypto/aes"
	"fmt"
	"io"
	"slices"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/compression"
	"github.com/kopia/kopia/repo/content"
	"github.com/kopia/kopia/repo/object"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// frameMin is the size in bytes from which a content is handed on as the frame that it is stored as. Many small
// frames take more than their content compressed together.
const frameMin = 32 << 10

var _ tree.Framed = (*Tree)(nil)

// Parts implements [tree.Framed]: what Kopia has compressed with Zstandard need not be compressed again.
func (t *Tree) Parts(ctx context.Context, file tree.Entry, f func(tree.Part) error) error {
	id, err := object.ParseID(file.Ref)
	if err != nil {
		return err
	}
	return t.parts(ctx, id, f)
}

func (t *Tree) parts(ctx context.Context, id object.ID, f func(tree.Part) error) error {
	index, ok := id.IndexObjectID()
	if !ok {
		p, err := t.part(ctx, id)
		if err != nil {
			return err
		}
		return f(p)
	}
	entries, err := object.LoadIndexObject(ctx, indexReader{t.rep.ContentReader(), t.rep}, index)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := t.parts(ctx, e.Object, f); err != nil {
			return err
		}
	}
	return nil
}

// indexReader is what Kopia reads the list of a file's contents with.
type indexReader struct {
	content.Reader
	rep repo.Repository
}

func (r indexReader) PrefetchContents(ctx context.Context, ids []content.ID, hint string) []content.ID {
	return r.rep.PrefetchContents(ctx, ids, hint)
}

func (t *Tree) part(ctx context.Context, id object.ID) (tree.Part, error) {
	if c, compressed, ok := id.ContentID(); ok && !compressed {
		info, err := t.rep.ContentInfo(ctx, c)
		if err == nil && info.OriginalLength >= frameMin && info.EncryptionKeyID == 0 && slices.Contains(zstdHeaders, info.CompressionHeaderID) {
			return t.frame(ctx, info)
		}
	}
	r, err := t.rep.OpenObject(ctx, id)
	if err != nil {
		return tree.Part{}, err
	}
	defer r.Close() //nolint:errcheck // only read
	data := make([]byte, r.Length())
	_, err = io.ReadFull(r, data)
	return tree.Part{Data: data, Size: r.Length()}, err
}

// frame reads a content that is compressed with Zstandard, and decompresses it to see that it can be.
func (t *Tree) frame(ctx context.Context, info content.Info) (tree.Part, error) {
	stored, err := decrypted(ctx, t.rep.BlobReader(), info, t.rep.ContentReader().ContentFormat().Encryptor().Decrypt)
	if err != nil {
		return tree.Part{}, fmt.Errorf("the content %s in %s cannot be read: %w", info.ContentID, info.PackBlobID, err)
	}
	var size length
	if err := compression.ByHeaderID[info.CompressionHeaderID].Decompress(&size, bytes.NewReader(stored), true); err != nil {
		return tree.Part{}, fmt.Errorf("the content %s in %s cannot be decompressed: %w", info.ContentID, info.PackBlobID, err)
	}
	return tree.Part{Frame: stored[zstdHeaderSize:], Size: int64(size)}, nil
}

// decrypted reads a content as Kopia's content manager does, up to where that decompresses it. The buffers are of
// types that only Kopia itself can name, so the types of decrypt say which.
func decrypted[P interface {
	*W
	blob.OutputBuffer
	Bytes() B
	ToByteSlice() []byte
	Close()
}, B, W any](ctx context.Context, packs blob.Reader, info content.Info, decrypt func(B, []byte, P) error) ([]byte, error) {
	in, out := P(new(W)), P(new(W))
	defer in.Close()
	defer out.Close()
	if err := packs.GetBlob(ctx, info.PackBlobID, int64(info.PackOffset), int64(info.PackedLength), in); err != nil {
		return nil, err
	}
	hash := info.ContentID.Hash()
	if err := decrypt(in.Bytes(), hash[len(hash)-aes.BlockSize:], out); err != nil {
		return nil, err
	}
	return out.ToByteSlice(), nil
}

// length counts what is written to it.
type length int64

func (l *length) Write(p []byte) (int, error) {
	*l += length(len(p))
	return len(p), nil
}
