// Which Ingresses are ours: those of a class whose controller is ours, or one that is served in another's place.
import type { ForeignClass, Kubernetes } from "../../model/kubernetes.ts";
import { byAge, type Ingress, type IngressClass, type Objects } from "../objects.ts";

export const ingressController = "weir.dev/ingress";

const foreignControllers: Record<ForeignClass, string> = {
  higress: "higress.io/higress-controller",
  nginx: "k8s.io/ingress-nginx",
};

const ownClass = "weir";
const classAnnotation = "kubernetes.io/ingress.class";
const defaultAnnotation = "ingressclass.kubernetes.io/is-default-class";

/** The oldest first. */
export function ownIngresses(objects: Objects, settings: Kubernetes): Ingress[] {
  return [...objects.Ingress.values()].filter((ingress) => isOwn(ingress, objects, settings)).sort(byAge);
}

function isOwn({ metadata, spec }: Ingress, objects: Objects, settings: Kubernetes): boolean {
  // Older than the field, and told by name alone.
  const annotated = metadata.annotations?.[classAnnotation];
  if (annotated !== undefined) return annotated === ownClass || settings.alsoServe.some((name) => name === annotated);
  if (spec.ingressClassName !== undefined) return isOwnClass(objects.IngressClass.get(spec.ingressClassName), settings);
  return [...objects.IngressClass.values()].some((one) => isDefault(one) && isOwnClass(one, settings));
}

function isOwnClass(ingressClass: IngressClass | undefined, { alsoServe }: Kubernetes): boolean {
  const controller = ingressClass?.spec?.controller;
  return controller === ingressController || alsoServe.some((name) => foreignControllers[name] === controller);
}

function isDefault({ metadata }: IngressClass): boolean {
  return metadata.annotations?.[defaultAnnotation] === "true";
}
