//! The options that select a deployment.

/// A deployment on AWS.
#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
pub struct Which {
    /// The name of the CloudFormation stack.
    #[arg(long, value_name = "NAME", default_value = "aniapi-login")]
    pub stack: String,
    /// The AWS region; the default is that of the AWS command line.
    #[arg(long)]
    pub region: Option<String>,
}
