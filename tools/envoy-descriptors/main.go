// Command envoy-descriptors writes a FileDescriptorSet of the Envoy APIs that the control plane uses: exact for the
// Envoy version pinned in go.mod, in dependency order, without source comments. apis.go decides which APIs
// those are.
package main

import (
	"log"
	"os"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// collector appends files so that each comes after those it imports: what a reader of a FileDescriptorSet may rely on.
type collector struct {
	seen map[string]bool
	set  descriptorpb.FileDescriptorSet
}

func (c *collector) add(file protoreflect.FileDescriptor) {
	if c.seen[file.Path()] {
		return
	}
	c.seen[file.Path()] = true
	imports := file.Imports()
	for i := 0; i < imports.Len(); i++ {
		c.add(imports.Get(i).FileDescriptor)
	}
	c.set.File = append(c.set.File, protodesc.ToFileDescriptorProto(file))
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: envoy-descriptors <output.binpb>")
	}
	c := collector{seen: map[string]bool{}}
	// Sorted, so that the same pin gives the same bytes.
	for _, path := range registeredPaths() {
		file, err := protoregistry.GlobalFiles.FindFileByPath(path)
		if err != nil {
			log.Fatal(err)
		}
		c.add(file)
	}
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(&c.set)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[1], bytes, 0o644); err != nil {
		log.Fatal(err)
	}
	log.Printf("%d files, %d bytes", len(c.set.File), len(bytes))
}

func registeredPaths() []string {
	var paths []string
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		paths = append(paths, file.Path())
		return true
	})
	slices.Sort(paths)
	return paths
}
