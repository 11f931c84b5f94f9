//! SLSA provenance, versions 0.2 and 1 (slsa.dev/provenance).

use super::shape::{Shape, may, need};

/// Where version 1 is specified.
pub(super) const V1_SECTION: &str = "SLSA provenance v1, Schema";
/// Where version 0.2 is specified.
pub(super) const V0_2_SECTION: &str = "SLSA provenance v0.2, Schema";

/// The predicate of version 1.
pub(super) static V1: Shape = Shape::Object(&[
    need("buildDefinition", &BUILD_DEFINITION),
    need("runDetails", &RUN_DETAILS),
]);

static RESOURCES: Shape = Shape::List(&Shape::Resource);

static BUILD_DEFINITION: Shape = Shape::Object(&[
    need("buildType", &Shape::Uri),
    need("externalParameters", &Shape::Map(&Shape::Any)),
    may("internalParameters", &Shape::Map(&Shape::Any)),
    may("resolvedDependencies", &RESOURCES),
]);

static RUN_DETAILS: Shape = Shape::Object(&[
    need(
        "builder",
        &Shape::Object(&[
            need("id", &Shape::Uri),
            may("version", &Shape::Map(&Shape::Text)),
            may("builderDependencies", &RESOURCES),
        ]),
    ),
    may(
        "metadata",
        &Shape::Object(&[
            may("invocationId", &Shape::Text),
            may("startedOn", &Shape::Time),
            may("finishedOn", &Shape::Time),
        ]),
    ),
    may("byproducts", &RESOURCES),
]);

/// The predicate of version 0.2.
pub(super) static V0_2: Shape = Shape::Object(&[
    need("builder", &Shape::Object(&[need("id", &Shape::Uri)])),
    need("buildType", &Shape::Uri),
    may("invocation", &INVOCATION),
    may("buildConfig", &Shape::Any),
    may("metadata", &METADATA),
    may("materials", &Shape::List(&MATERIAL)),
]);

static MATERIAL: Shape = Shape::Object(&[may("uri", &Shape::Uri), may("digest", &Shape::Digests)]);

static INVOCATION: Shape = Shape::Object(&[
    may(
        "configSource",
        &Shape::Object(&[
            may("uri", &Shape::Uri),
            may("digest", &Shape::Digests),
            may("entryPoint", &Shape::Text),
        ]),
    ),
    may("parameters", &Shape::Any),
    may("environment", &Shape::Any),
]);

static METADATA: Shape = Shape::Object(&[
    may("buildInvocationId", &Shape::Text),
    may("buildStartedOn", &Shape::Time),
    may("buildFinishedOn", &Shape::Time),
    may(
        "completeness",
        &Shape::Object(&[
            may("parameters", &Shape::Boolean),
            may("environment", &Shape::Boolean),
            may("materials", &Shape::Boolean),
        ]),
    ),
    may("reproducible", &Shape::Boolean),
]);
