// Judges the audit log of a hub with Go's own note and tlog packages, those that check Go's module
// downloads. Results go to .build/interop/results like those of the other judges.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const messages = 600

var (
	hub            = os.Getenv("HUB_URL")
	passed, failed int
)

func check(name string, action func() error) {
	if err := action(); err != nil {
		failed++
		fmt.Printf("FAIL  %s\n      %v\n", name, err)
		return
	}
	passed++
	fmt.Printf("ok    %s\n", name)
}

func call(method, url, key string, body any) ([]byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	if body == nil {
		text = nil
	}
	request, err := http.NewRequest(method, url, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s %s", method, url, response.Status, answer)
	}
	return answer, err
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return value
}

func get(path string) []byte { return must(call("GET", hub+path, "", nil)) }

func join(id string) string {
	answer := must(call("POST", os.Getenv("INVITE_URL"), "", map[string]any{"agent_id": id}))
	var joined struct {
		Key string `json:"api_key"`
	}
	must(0, json.Unmarshal(answer, &joined))
	return joined.Key
}

// head opens a checkpoint with Go's note package.
func head(text []byte, verifiers note.Verifiers) (tlog.Tree, error) {
	opened, err := note.Open(text, verifiers)
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 {
		return tlog.Tree{}, errors.New("too few lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	hash, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: hash}, err
}

// tiles reads tiles over HTTP; Go's paths name the height, those of C2SP do not.
type tiles struct{}

func (tiles) Height() int { return 8 }

func (tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := "/audit/tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		data, err := call("GET", hub+path, "", nil)
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

type leaf struct {
	Index int64  `json:"index"`
	Leaf  string `json:"leaf"`
	Hash  string `json:"hash"`
}

func main() {
	alice := join("tlog-alice")
	join("tlog-bob")
	send := func(count int) {
		for i := 0; i < count; i++ {
			must(call("POST", hub+"/send", alice, map[string]any{"to": "tlog-bob", "payload": i}))
		}
	}
	verifier := must(note.NewVerifier(strings.TrimSpace(string(get("/audit/key")))))
	verifiers := note.VerifierList(verifier)
	waitFor := func(size int64) (tlog.Tree, []byte) {
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
			text := get("/audit/checkpoint")
			if tree, err := head(text, verifiers); err == nil && tree.N >= size {
				return tree, text
			}
		}
		fmt.Println("No head was signed in time")
		os.Exit(1)
		return tlog.Tree{}, nil
	}
	send(messages / 2)
	earlier, _ := waitFor(messages / 2)
	send(messages / 2)
	tree, text := waitFor(messages)

	check("note.Open takes the head, and none that was changed", func() error {
		changed := bytes.Replace(text, []byte("\n"+strconv.FormatInt(tree.N, 10)+"\n"), []byte("\n1\n"), 1)
		if _, err := head(changed, verifiers); err == nil {
			return errors.New("a changed head was taken")
		}
		_, err := head(text, verifiers)
		return err
	})
	reader := tlog.TileHashReader(tree, tiles{})
	check("tlog.TreeHash finds the root in the tiles", func() error {
		root, err := tlog.TreeHash(tree.N, reader)
		if err == nil && root != tree.Hash {
			err = errors.New("another root")
		}
		return err
	})
	check("tlog.ProveTree and CheckTree: the log only grew", func() error {
		proof, err := tlog.ProveTree(tree.N, earlier.N, reader)
		if err != nil {
			return err
		}
		return tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash)
	})
	check("tlog.CheckTree takes the hub's own proof of that", func() error {
		var answer struct {
			Hashes []string `json:"hashes"`
		}
		path := fmt.Sprintf("/audit/consistency?from=%d&to=%d", earlier.N, tree.N)
		if err := json.Unmarshal(get(path), &answer); err != nil {
			return err
		}
		var proof tlog.TreeProof
		for _, hash := range answer.Hashes {
			proof = append(proof, must(tlog.ParseHash(hash)))
		}
		return tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash)
	})
	var leaves []leaf
	bundle := must(call("GET", fmt.Sprintf("%s/audit/export?size=%d", hub, tree.N), os.Getenv("ADMIN_KEY"), nil))
	for lines := bufio.NewScanner(bytes.NewReader(bundle)); lines.Scan(); {
		var one leaf
		if json.Unmarshal(lines.Bytes(), &one) == nil && one.Leaf != "" {
			leaves = append(leaves, one)
		}
	}
	check("tlog.RecordHash of every leaf is the hash in the tree", func() error {
		if int64(len(leaves)) != tree.N {
			return fmt.Errorf("%d leaves of %d", len(leaves), tree.N)
		}
		for _, one := range leaves {
			hash := tlog.RecordHash([]byte(one.Leaf))
			if base64.StdEncoding.EncodeToString(hash[:]) != one.Hash {
				return fmt.Errorf("leaf %d", one.Index)
			}
		}
		return nil
	})
	check("tlog.CheckRecord takes the hub's proof of every leaf, and of no other", func() error {
		for _, one := range leaves {
			lines := strings.Split(string(get(fmt.Sprintf("/audit/proof/%d", one.Index))), "\n")
			if lines[0] != "c2sp.org/tlog-proof@v1" || lines[1] != fmt.Sprintf("index %d", one.Index) {
				return errors.New("not a tlog-proof")
			}
			var proof tlog.RecordProof
			for _, hash := range lines[2:] {
				if hash == "" {
					break
				}
				proof = append(proof, must(tlog.ParseHash(hash)))
			}
			hash := tlog.RecordHash([]byte(one.Leaf))
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, one.Index, hash); err != nil {
				return err
			}
			other := tlog.RecordHash([]byte(one.Leaf + " "))
			if tlog.CheckRecord(proof, tree.N, tree.Hash, one.Index, other) == nil {
				return errors.New("another leaf was taken")
			}
		}
		return nil
	})
	finish()
}

func finish() {
	result := map[string]any{
		"suite": "Go's sumdb/note and sumdb/tlog on the audit log", "version": "golang.org/x/mod 0.29.0",
		"date": time.Now().UTC().Format("2006-01-02"), "passed": passed, "failed": failed, "skipped": 0,
		"accepted": []any{}, "notes": "",
	}
	folder := os.Getenv("RESULTS")
	must(0, os.MkdirAll(folder, 0o755))
	must(0, os.WriteFile(filepath.Join(folder, "tlog.json"), must(json.MarshalIndent(result, "", "  ")), 0o644))
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
