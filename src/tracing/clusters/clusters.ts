// The door of clusters: which addresses were spent together, by which transactions; change apart.
export { changeContext, changeOf, CHANGE_NAMES, type ChangeEdge, type ChangeName } from "./change.ts";
export { clusterBySpending, shapeGate, type Clusters, type Gate, type Join } from "./co-spend.ts";
export { clustersView, clustersWith, describeCluster, findCluster, freezeCluster, type FrozenAddress, type FrozenCluster } from "./frozen-clusters.ts";
export { HEURISTICS, HEURISTICS_WITHOUT_DATA, type Heuristic, type HeuristicName } from "./heuristics.ts";
export { SHAPES, SHARED_SHAPES, shapeIn, shapeOf, type Shape, type ShapeName } from "./shapes.ts";
export { addressNotShown, readClusters, type ClustersAsk, type NewsroomClusters } from "./read-clusters.ts";
export { askCluster, changeCells, changeTitle, clusterTitle, heuristicWords, weakLinkWords, whyTitle, whyWords, type AskedCluster, type ClusterAnswer, type ClusterAsk, type WhyAnswer } from "./ask-cluster.ts";
