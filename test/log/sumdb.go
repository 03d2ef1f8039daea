// Checks a served log by golang.org/x/mod/sumdb (tlog, note): the library behind Go's own checksum database.
//
// The Debian packages golang-go and golang-golang-x-mod-dev are enough:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run test/log/sumdb.go http://HOST/log VERIFIER-KEY
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error, what string) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "WRONG: %s: %v\n", what, err)
		os.Exit(1)
	}
}

func fetch(url string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", url, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// Tiles of height 8, at the addresses of C2SP tlog-tiles: without the height, partial ones as .p/W.
type tiles struct{ base string }

func (t tiles) Height() int                          { return 8 }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte)  {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, one := range wanted {
		data, err := fetch(t.base + "/" + strings.Replace(one.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func main() {
	base, key := os.Args[1], os.Args[2]
	verifier, err := note.NewVerifier(key)
	must(err, "the verifier key")
	text, err := fetch(base + "/checkpoint")
	must(err, "the checkpoint")
	signed, err := note.Open(text, note.VerifierList(verifier))
	must(err, "the checkpoint's signature")
	lines := strings.Split(signed.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "the size")
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err, "the root")
	var tree tlog.Tree
	tree.N = size
	copy(tree.Hash[:], root)
	// The reader checks every tile against the root before it hands out a hash.
	reader := tlog.TileHashReader(tree, tiles{base})
	got, err := tlog.TreeHash(size, reader)
	must(err, "the tree")
	if got != tree.Hash {
		must(fmt.Errorf("%v, not %v", got, tree.Hash), "the root")
	}
	// Each leaf of the entry bundles is where the tree says.
	checked := int64(0)
	for bundle := int64(0); bundle*256 < size; bundle++ {
		width := size - bundle*256
		if width > 256 {
			width = 256
		}
		path := strings.Replace(tlog.Tile{H: 8, L: -1, N: bundle, W: int(width)}.Path(), "tile/8/data/", "tile/entries/", 1)
		data, err := fetch(base + "/" + path)
		must(err, path)
		for i := bundle * 256; len(data) > 0; i++ {
			n := int(data[0])<<8 | int(data[1])
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, i)})
			must(err, "a leaf's hash")
			leaf := tlog.RecordHash(data[2 : 2+n])
			if !bytes.Equal(hashes[0][:], leaf[:]) {
				must(fmt.Errorf("entry %d", i), "the leaf")
			}
			data = data[2+n:]
			checked++
		}
	}
	if checked != size {
		must(fmt.Errorf("%d of %d", checked, size), "the entries")
	}
	// The tree of half the size is a start of this one.
	half := size / 2
	proof, err := tlog.ProveTree(size, half, reader)
	must(err, "a consistency proof")
	old, err := tlog.TreeHash(half, reader)
	must(err, "the older tree")
	must(tlog.CheckTree(proof, size, tree.Hash, half, old), "consistency")
	record, err := tlog.ProveRecord(size, half, reader)
	must(err, "an inclusion proof")
	hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, half)})
	must(err, "a leaf")
	must(tlog.CheckRecord(record, size, tree.Hash, half, hashes[0]), "inclusion")
	fmt.Printf("%s: %d entries, root %s\n", lines[0], size, lines[2])
}
