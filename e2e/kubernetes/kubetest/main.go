// Command kubetest is a Kubernetes cluster without machines, for tests: etcd and kube-apiserver as upstream builds
// them, and those of upstream's controllers that Services, Deployments and namespaces need. The first argument says
// which of them runs.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.etcd.io/etcd/server/v3/etcdmain"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/component-base/cli"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/klog/v2"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/endpoint"
	"k8s.io/kubernetes/pkg/controller/endpointslice"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/namespace"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	"k8s.io/kubernetes/pkg/controller/serviceaccount"
)

const usage = "usage: kubetest etcd|kube-apiserver|controllers [arguments]"

func main() {
	if len(os.Args) < 2 {
		exit(usage)
	}
	program := os.Args[1]
	// Each program finds its own name and arguments where it would find them alone.
	os.Args = os.Args[1:]
	switch program {
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "controllers":
		if len(os.Args) != 2 {
			exit("usage: kubetest controllers KUBECONFIG")
		}
		if err := runControllers(os.Args[1]); err != nil {
			exit(err.Error())
		}
	default:
		exit(usage)
	}
}

func exit(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(2)
}

// clients are the ways in which the controllers ask the API server.
type clients struct {
	kube      kubernetes.Interface
	metadata  metadata.Interface
	shared    informers.SharedInformerFactory
	metaCache metadatainformer.SharedInformerFactory
}

func connect(kubeconfig string) (*clients, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	return newClients(config)
}

func newClients(config *rest.Config) (*clients, error) {
	config.QPS, config.Burst = 500, 1000
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	meta, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return &clients{
		kube:      kube,
		metadata:  meta,
		shared:    informers.NewSharedInformerFactory(kube, 0),
		metaCache: metadatainformer.NewSharedInformerFactory(meta, 0),
	}, nil
}

// runControllers runs until it is told to stop.
func runControllers(kubeconfig string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	c, err := connect(kubeconfig)
	if err != nil {
		return err
	}
	run, err := controllers(ctx, c)
	if err != nil {
		return err
	}
	c.shared.Start(ctx.Done())
	c.metaCache.Start(ctx.Done())
	for _, one := range run {
		go one()
	}
	fmt.Println("controllers running")
	<-ctx.Done()
	return nil
}

func controllers(ctx context.Context, c *clients) ([]func(), error) {
	core, apps := c.shared.Core().V1(), c.shared.Apps().V1()
	slices := c.shared.Discovery().V1().EndpointSlices()
	deployments, err := deployment.NewDeploymentController(ctx, apps.Deployments(), apps.ReplicaSets(), core.Pods(), c.kube)
	if err != nil {
		return nil, err
	}
	accounts, err := serviceaccount.NewServiceAccountsController(klog.FromContext(ctx), core.ServiceAccounts(),
		core.Namespaces(), c.kube, serviceaccount.DefaultServiceAccountsControllerOptions())
	if err != nil {
		return nil, err
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(c.kube.Discovery()))
	started := make(chan struct{})
	close(started)
	garbage, err := garbagecollector.NewGarbageCollector(ctx, c.kube, c.metadata, mapper,
		garbagecollector.DefaultIgnoredResources(), informerfactory.NewInformerFactory(c.shared, c.metaCache), started)
	if err != nil {
		return nil, err
	}
	replicas := replicaset.NewReplicaSetController(ctx, apps.ReplicaSets(), core.Pods(), c.kube, replicaset.BurstReplicas)
	endpointSlices := endpointslice.NewController(ctx, core.Pods(), core.Services(), core.Nodes(), slices, 100, c.kube, 0)
	endpoints := endpoint.NewEndpointController(ctx, core.Pods(), core.Services(), core.Endpoints(), c.kube, 0)
	namespaces := namespace.NewNamespaceController(ctx, c.kube, c.metadata,
		c.kube.Discovery().ServerPreferredNamespacedResources, core.Namespaces(), time.Minute, corev1.FinalizerKubernetes)
	return []func(){
		func() { deployments.Run(ctx, 2) },
		func() { replicas.Run(ctx, 2) },
		func() { endpointSlices.Run(ctx, 2) },
		func() { endpoints.Run(ctx, 2) },
		func() { accounts.Run(ctx, 1) },
		func() { namespaces.Run(ctx, 2) },
		func() { garbage.Run(ctx, 4, 30*time.Second) },
		func() { garbage.Sync(ctx, c.kube.Discovery(), 5*time.Second) },
	}, nil
}
