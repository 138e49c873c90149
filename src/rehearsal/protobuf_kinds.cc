#include "rehearsal/protobuf_kinds.h"

#include <charconv>

#include "base/text.h"

namespace rehearsal {
namespace {

// The numbers and types of k8s.io/api v0.34.4 (core/v1, apps/v1, batch/v1, autoscaling/v2, policy/v1,
// authentication/v1, authorization/v1, rbac/v1, coordination/v1: types.go and generated.proto) and
// k8s.io/apimachinery v0.34.4 (pkg/apis/meta/v1), of what kubectl creates with typed clients. A message a
// line (or more, indented): its name, then JSONNAME:NUMBER=TYPE. No type is text, a name is another message,
// [T] a list, {T} a map, - is ignored; ? is a pointer in Go; * as a name: inlined.
constexpr std::string_view messages = R"(
Secret metadata:1=ObjectMeta immutable:5=bool? data:2={bytes} stringData:4={} type:3
ObjectMeta name:1 generateName:2 namespace:3 selfLink:4 uid:5 resourceVersion:6 generation:7=int
  creationTimestamp:8=time deletionTimestamp:9=time? deletionGracePeriodSeconds:10=int? labels:11={}
  annotations:12={} ownerReferences:13=[OwnerReference] finalizers:14=[]
  managedFields:17=[ManagedFieldsEntry]
OwnerReference apiVersion:5 kind:1 name:3 uid:4 controller:6=bool? blockOwnerDeletion:7=bool?
ManagedFieldsEntry manager:1 operation:2 apiVersion:3 time:4=time? fieldsType:6 fieldsV1:7=json?
  subresource:8
ConfigMap metadata:1=ObjectMeta immutable:4=bool? data:2={} binaryData:3={bytes}
Namespace metadata:1=ObjectMeta spec:2=NamespaceSpec status:3=-
NamespaceSpec finalizers:1=[]
ServiceAccount metadata:1=ObjectMeta secrets:2=[ObjectReference]
  imagePullSecrets:3=[LocalObjectReference] automountServiceAccountToken:4=bool?
ObjectReference kind:1 namespace:2 name:3 uid:4 apiVersion:5 resourceVersion:6 fieldPath:7
LocalObjectReference name:1
Pod metadata:1=ObjectMeta spec:2=PodSpec status:3=-
PodSpec volumes:1=[Volume] initContainers:20=[Container] containers:2=[Container] restartPolicy:3
  terminationGracePeriodSeconds:4=int? activeDeadlineSeconds:5=int? dnsPolicy:6 nodeSelector:7={}
  serviceAccountName:8 serviceAccount:9 automountServiceAccountToken:21=bool? nodeName:10
  hostNetwork:11=bool hostPID:12=bool hostIPC:13=bool shareProcessNamespace:27=bool?
  securityContext:14=PodSecurityContext? imagePullSecrets:15=[LocalObjectReference] hostname:16
  subdomain:17 schedulerName:19 tolerations:22=[Toleration] priorityClassName:24 priority:25=int?
  runtimeClassName:29? enableServiceLinks:30=bool? preemptionPolicy:31? overhead:32={quantity}
  setHostnameAsFQDN:35=bool? hostUsers:37=bool? resources:40=ResourceRequirements? hostnameOverride:41?
Volume name:1 *:2=VolumeSource
VolumeSource hostPath:1=HostPathVolumeSource? emptyDir:2=EmptyDirVolumeSource?
  secret:6=SecretVolumeSource? persistentVolumeClaim:10=PersistentVolumeClaimVolumeSource?
  downwardAPI:16=DownwardAPIVolumeSource? configMap:19=ConfigMapVolumeSource?
  projected:26=ProjectedVolumeSource?
HostPathVolumeSource path:1 type:2?
EmptyDirVolumeSource medium:1 sizeLimit:2=quantity?
SecretVolumeSource secretName:1 items:2=[KeyToPath] defaultMode:3=int? optional:4=bool?
KeyToPath key:1 path:2 mode:3=int?
PersistentVolumeClaimVolumeSource claimName:1 readOnly:2=bool
DownwardAPIVolumeSource items:1=[DownwardAPIVolumeFile] defaultMode:2=int?
DownwardAPIVolumeFile path:1 fieldRef:2=ObjectFieldSelector? resourceFieldRef:3=ResourceFieldSelector?
  mode:4=int?
ObjectFieldSelector apiVersion:1 fieldPath:2
ResourceFieldSelector containerName:1 resource:2 divisor:3=quantity
ConfigMapVolumeSource *:1=LocalObjectReference items:2=[KeyToPath] defaultMode:3=int? optional:4=bool?
ProjectedVolumeSource sources:1=[VolumeProjection] defaultMode:2=int?
VolumeProjection secret:1=SecretProjection? downwardAPI:2=DownwardAPIProjection?
  configMap:3=ConfigMapProjection? serviceAccountToken:4=ServiceAccountTokenProjection?
SecretProjection *:1=LocalObjectReference items:2=[KeyToPath] optional:4=bool?
DownwardAPIProjection items:1=[DownwardAPIVolumeFile]
ConfigMapProjection *:1=LocalObjectReference items:2=[KeyToPath] optional:4=bool?
ServiceAccountTokenProjection audience:1 expirationSeconds:2=int? path:3
Container name:1 image:2 command:3=[] args:4=[] workingDir:5 ports:6=[ContainerPort]
  envFrom:19=[EnvFromSource] env:7=[EnvVar] resources:8=ResourceRequirements restartPolicy:24?
  volumeMounts:9=[VolumeMount] livenessProbe:10=Probe? readinessProbe:11=Probe? startupProbe:22=Probe?
  lifecycle:12=Lifecycle? terminationMessagePath:13 terminationMessagePolicy:20 imagePullPolicy:14
  securityContext:15=SecurityContext? stdin:16=bool stdinOnce:17=bool tty:18=bool
ContainerPort name:1 hostPort:2=int containerPort:3=int protocol:4 hostIP:5
EnvFromSource prefix:1 configMapRef:2=ConfigMapEnvSource? secretRef:3=SecretEnvSource?
ConfigMapEnvSource *:1=LocalObjectReference optional:2=bool?
SecretEnvSource *:1=LocalObjectReference optional:2=bool?
EnvVar name:1 value:2 valueFrom:3=EnvVarSource?
EnvVarSource fieldRef:1=ObjectFieldSelector? resourceFieldRef:2=ResourceFieldSelector?
  configMapKeyRef:3=ConfigMapKeySelector? secretKeyRef:4=SecretKeySelector?
ConfigMapKeySelector *:1=LocalObjectReference key:2 optional:3=bool?
SecretKeySelector *:1=LocalObjectReference key:2 optional:3=bool?
ResourceRequirements limits:1={quantity} requests:2={quantity}
VolumeMount name:1 readOnly:2=bool recursiveReadOnly:7? mountPath:3 subPath:4 mountPropagation:5?
  subPathExpr:6
Probe *:1=ProbeHandler initialDelaySeconds:2=int timeoutSeconds:3=int periodSeconds:4=int
  successThreshold:5=int failureThreshold:6=int terminationGracePeriodSeconds:7=int?
ProbeHandler exec:1=ExecAction? httpGet:2=HTTPGetAction? tcpSocket:3=TCPSocketAction? grpc:4=GRPCAction?
ExecAction command:1=[]
HTTPGetAction path:1 port:2=intstr host:3 scheme:4 httpHeaders:5=[HTTPHeader]
HTTPHeader name:1 value:2
TCPSocketAction port:1=intstr host:2
GRPCAction port:1=int service:2?
Lifecycle postStart:1=LifecycleHandler? preStop:2=LifecycleHandler? stopSignal:3?
LifecycleHandler exec:1=ExecAction? httpGet:2=HTTPGetAction? tcpSocket:3=TCPSocketAction?
  sleep:4=SleepAction?
SleepAction seconds:1=int
SecurityContext capabilities:1=Capabilities? privileged:2=bool? runAsUser:4=int? runAsGroup:8=int?
  runAsNonRoot:5=bool? readOnlyRootFilesystem:6=bool? allowPrivilegeEscalation:7=bool? procMount:9?
  seccompProfile:11=SeccompProfile?
Capabilities add:1=[] drop:2=[]
SeccompProfile type:1 localhostProfile:2?
PodSecurityContext runAsUser:2=int? runAsGroup:6=int? runAsNonRoot:3=bool? supplementalGroups:4=[int]
  supplementalGroupsPolicy:12? fsGroup:5=int? fsGroupChangePolicy:9? seccompProfile:10=SeccompProfile?
  seLinuxChangePolicy:13?
Toleration key:1 operator:2 value:3 effect:4 tolerationSeconds:5=int?
Service metadata:1=ObjectMeta spec:2=ServiceSpec status:3=-
ServiceSpec ports:1=[ServicePort] selector:2={} clusterIP:3 clusterIPs:18=[] type:4 externalIPs:5=[]
  sessionAffinity:7 loadBalancerIP:8 loadBalancerSourceRanges:9=[] externalName:10
  externalTrafficPolicy:11 healthCheckNodePort:12=int publishNotReadyAddresses:13=bool ipFamilies:19=[]
  ipFamilyPolicy:17? allocateLoadBalancerNodePorts:20=bool? loadBalancerClass:21?
  internalTrafficPolicy:22? trafficDistribution:23?
ServicePort name:1 protocol:2 appProtocol:6? port:3=int targetPort:4=intstr nodePort:5=int
Deployment metadata:1=ObjectMeta spec:2=DeploymentSpec status:3=-
DeploymentSpec replicas:1=int? selector:2=LabelSelector? template:3=PodTemplateSpec
  strategy:4=DeploymentStrategy minReadySeconds:5=int revisionHistoryLimit:6=int? paused:7=bool
  progressDeadlineSeconds:9=int?
LabelSelector matchLabels:1={} matchExpressions:2=[LabelSelectorRequirement]
LabelSelectorRequirement key:1 operator:2 values:3=[]
PodTemplateSpec metadata:1=ObjectMeta spec:2=PodSpec
DeploymentStrategy type:1 rollingUpdate:2=RollingUpdateDeployment?
RollingUpdateDeployment maxUnavailable:1=intstr? maxSurge:2=intstr?
Job metadata:1=ObjectMeta spec:2=JobSpec status:3=-
JobSpec parallelism:1=int? completions:2=int? activeDeadlineSeconds:3=int? backoffLimit:7=int?
  backoffLimitPerIndex:12=int? maxFailedIndexes:13=int? selector:4=LabelSelector? manualSelector:5=bool?
  template:6=PodTemplateSpec ttlSecondsAfterFinished:8=int? completionMode:9? suspend:10=bool?
  podReplacementPolicy:14? managedBy:15?
CronJob metadata:1=ObjectMeta spec:2=CronJobSpec status:3=-
CronJobSpec schedule:1 timeZone:8? startingDeadlineSeconds:2=int? concurrencyPolicy:3 suspend:4=bool?
  jobTemplate:5=JobTemplateSpec successfulJobsHistoryLimit:6=int? failedJobsHistoryLimit:7=int?
JobTemplateSpec metadata:1=ObjectMeta spec:2=JobSpec
HorizontalPodAutoscaler metadata:1=ObjectMeta spec:2=HorizontalPodAutoscalerSpec status:3=-
HorizontalPodAutoscalerSpec scaleTargetRef:1=CrossVersionObjectReference minReplicas:2=int?
  maxReplicas:3=int metrics:4=[MetricSpec]
CrossVersionObjectReference kind:1 name:2 apiVersion:3
MetricSpec type:1 resource:4=ResourceMetricSource?
ResourceMetricSource name:1 target:2=MetricTarget
MetricTarget type:1 value:2=quantity? averageValue:3=quantity? averageUtilization:4=int?
PodDisruptionBudget metadata:1=ObjectMeta spec:2=PodDisruptionBudgetSpec status:3=-
PodDisruptionBudgetSpec minAvailable:1=intstr? selector:2=LabelSelector? maxUnavailable:3=intstr?
  unhealthyPodEvictionPolicy:4?
Eviction metadata:1=ObjectMeta deleteOptions:2=DeleteOptions?
DeleteOptions gracePeriodSeconds:1=int? preconditions:2=Preconditions? orphanDependents:3=bool?
  propagationPolicy:4? dryRun:5=[] ignoreStoreReadErrorWithClusterBreakingPotential:6=bool?
Preconditions uid:1? resourceVersion:2?
TokenRequest metadata:1=ObjectMeta spec:2=TokenRequestSpec status:3=-
TokenRequestSpec audiences:1=[] expirationSeconds:4=int? boundObjectRef:3=BoundObjectReference?
BoundObjectReference kind:1 apiVersion:2 name:3 uid:4
SelfSubjectReview metadata:1=ObjectMeta status:2=-
TokenReview metadata:1=ObjectMeta spec:2=TokenReviewSpec status:3=-
TokenReviewSpec token:1 audiences:2=[]
SelfSubjectAccessReview metadata:1=ObjectMeta spec:2=SelfSubjectAccessReviewSpec status:3=-
SelfSubjectAccessReviewSpec resourceAttributes:1=ResourceAttributes?
  nonResourceAttributes:2=NonResourceAttributes?
ResourceAttributes namespace:1 verb:2 group:3 version:4 resource:5 subresource:6 name:7
NonResourceAttributes path:1 verb:2
SelfSubjectRulesReview metadata:1=ObjectMeta spec:2=SelfSubjectRulesReviewSpec status:3=-
SelfSubjectRulesReviewSpec namespace:1
Role metadata:1=ObjectMeta rules:2=[PolicyRule]
PolicyRule verbs:1=[] apiGroups:2=[] resources:3=[] resourceNames:4=[] nonResourceURLs:5=[]
ClusterRole metadata:1=ObjectMeta rules:2=[PolicyRule] aggregationRule:3=AggregationRule?
AggregationRule clusterRoleSelectors:1=[LabelSelector]
RoleBinding metadata:1=ObjectMeta subjects:2=[Subject] roleRef:3=RoleRef
Subject kind:1 apiGroup:2 name:3 namespace:4
RoleRef apiGroup:1 kind:2 name:3
ClusterRoleBinding metadata:1=ObjectMeta subjects:2=[Subject] roleRef:3=RoleRef
Lease metadata:1=ObjectMeta spec:2=LeaseSpec
LeaseSpec holderIdentity:1? leaseDurationSeconds:2=int? acquireTime:3=microtime? renewTime:4=microtime?
  leaseTransitions:5=int? strategy:6? preferredHolder:7?
)";

using Type = ProtobufField::Type;

Type typeOf(std::string_view name) {
  static const std::map<std::string_view, Type> simple{
      {"", Type::text},       {"int", Type::integer},        {"bool", Type::boolean},
      {"bytes", Type::bytes}, {"time", Type::time},          {"microtime", Type::microTime},
      {"json", Type::json},   {"intstr", Type::intOrString}, {"quantity", Type::quantity},
  };
  const auto found = simple.find(name);
  return found == simple.end() ? Type::message : found->second;
}

/// "data:2={bytes}".
void addField(ProtobufMessage& message, std::string_view text) {
  ProtobufField field;
  field.keeps = text.ends_with('?');
  if (field.keeps) text.remove_suffix(1);
  const auto colon = text.find(':'), equals = text.find('=');
  if (text.substr(0, colon) != "*") field.name = text.substr(0, colon);
  std::uint32_t number = 0;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), number);
  auto type = equals == std::string_view::npos ? std::string_view() : text.substr(equals + 1);
  field.ignored = type == "-";
  field.list = type.starts_with('[');
  field.map = type.starts_with('{');
  if (field.list || field.map) type = type.substr(1, type.size() - 2);
  field.type = typeOf(type);
  if (field.type == Type::message) field.message = type;
  message.emplace(number, std::move(field));
}

std::map<std::string, ProtobufMessage, std::less<>> readMessages() {
  std::map<std::string, ProtobufMessage, std::less<>> all;
  ProtobufMessage* message = nullptr;
  for (const auto& line : base::split(messages, '\n')) {
    bool named = line.starts_with(' ');  // or goes on with the one before
    for (const auto& word : base::split(line, ' ')) {
      if (word.empty()) continue;
      if (named) {
        addField(*message, word);
      } else {
        message = &all[word];
        named = true;
      }
    }
  }
  return all;
}

}  // namespace

const std::map<std::string, ProtobufMessage, std::less<>>& protobufMessages() {
  static const auto all = readMessages();
  return all;
}

const ProtobufMessage* protobufMessage(std::string_view name) {
  const auto& all = protobufMessages();
  const auto found = all.find(name);
  return found == all.end() ? nullptr : &found->second;
}

}  // namespace rehearsal
