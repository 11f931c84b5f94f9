//! Pinning the images of deployment files: every image of every file, once, through [`verify`](super::verify); then the
//! same files with digests in.

use std::collections::{HashMap, HashSet};

use crate::manifests::{FindOptions, Found, ImageUse, MAX_TOLD, Rewritten, TagStyle, find, rewrite};
use crate::report::{Code, Finding, SubjectReport, Verdict};
use crate::subject::{Digest, Subject};

/// The files of one run and the images in them.
#[derive(Debug)]
pub struct Pinning {
    files: Vec<Found>,
    subjects: Vec<(String, Subject)>,
}

impl Pinning {
    /// Finds the images of every file, given as its name and its text.
    ///
    /// # Errors
    ///
    /// Every mistake in any of the files. Files without images pass where `options` say so, but not if no file names
    /// one: a run that pins nothing never passes.
    pub fn new(files: &[(String, String)], options: FindOptions) -> Result<Self, Vec<Finding>> {
        let mut found = Vec::with_capacity(files.len());
        let mut mistakes = Vec::new();
        for (label, text) in files {
            match find(label, text, options) {
                Ok(file) => found.push(file),
                Err(findings) => mistakes.extend(findings),
            }
        }
        mistakes.truncate(MAX_TOLD);
        let subjects = distinct(&found);
        if mistakes.is_empty() && subjects.is_empty() {
            mistakes.push(Finding::new(
                Code::DeploymentFileNoImages,
                "no file names an image",
            ));
        }
        if mistakes.is_empty() {
            Ok(Self {
                files: found,
                subjects,
            })
        } else {
            Err(mistakes)
        }
    }

    /// Every distinct image with the text that first names it: what is to be verified.
    pub fn subjects(&self) -> &[(String, Subject)] {
        &self.subjects
    }

    /// Every place that names an image, with the file's name.
    pub fn uses_of<'p>(&'p self, image: &'p Subject) -> impl Iterator<Item = (&'p str, &'p ImageUse)> {
        let uses = self
            .files
            .iter()
            .flat_map(|file| file.images().iter().map(|image| (file.label(), image)));
        uses.filter(
            move |(_, found)| matches!(image, Subject::Image(reference) if reference == found.reference()),
        )
    }

    /// Warnings about what may run and was not looked at.
    pub fn notices(&self) -> impl Iterator<Item = &Finding> {
        self.files.iter().flat_map(Found::notices)
    }

    /// The files in the order in which they were given, with the digests that were verified.
    ///
    /// # Errors
    ///
    /// `internal-error` unless there is exactly one report for each of [`subjects`](Self::subjects), in their order, and
    /// each is allowed and says a digest; also when a file does not read back as it should. No file is given out then.
    pub fn pinned(&self, reports: &[SubjectReport], tags: TagStyle) -> Result<Vec<Rewritten>, Finding> {
        let digests = self.digests(reports)?;
        let digest = |image: &ImageUse| digests.get(&image.reference().whole()).cloned();
        self.files
            .iter()
            .map(|file| rewrite(file, tags, digest))
            .collect()
    }

    fn digests(&self, reports: &[SubjectReport]) -> Result<HashMap<String, Digest>, Finding> {
        let broken = |what: String| {
            Err(Finding::new(
                Code::InternalError,
                format!("{what}, so nothing is pinned"),
            ))
        };
        if reports.len() != self.subjects.len() {
            return broken(format!(
                "{} of {} images have a result",
                reports.len(),
                self.subjects.len()
            ));
        }
        let mut digests = HashMap::with_capacity(reports.len());
        for ((input, subject), report) in self.subjects.iter().zip(reports) {
            match (&report.digest, report.verdict, subject) {
                (Some(digest), Verdict::Allowed, Subject::Image(reference)) if report.input == *input => {
                    digests.insert(reference.whole(), digest.clone());
                }
                _ => return broken(format!("{input} is not allowed")),
            }
        }
        Ok(digests)
    }
}

/// Every image once, in the order of the files, under the text that first names it.
fn distinct(files: &[Found]) -> Vec<(String, Subject)> {
    let mut seen = HashSet::new();
    let images = files.iter().flat_map(Found::images);
    images
        .filter(|image| seen.insert(image.reference().whole()))
        .map(|image| (image.text().to_owned(), Subject::Image(image.reference().clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::SubjectKind;

    const WEB: &str = "services: {web: {image: nginx}, db: {image: \"postgres:16\"}, again: {image: docker.io/library/nginx:latest}}\n";
    const POD: &str = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: postgres:16 # db\n";
    const NOTHING: &str = "apiVersion: v1\nkind: Namespace\n";

    fn files(texts: &[&str]) -> Vec<(String, String)> {
        let named = texts.iter().enumerate();
        named
            .map(|(index, text)| (format!("{index}.yaml"), (*text).to_owned()))
            .collect()
    }

    fn report(input: &str, verdict: Verdict, digest: Option<Digest>) -> SubjectReport {
        SubjectReport {
            input: input.to_owned(),
            kind: SubjectKind::Image,
            name: input.to_owned(),
            digest,
            platform: None,
            verdict,
            places: Vec::new(),
            candidates: Vec::new(),
            sboms: Vec::new(),
            findings: Vec::new(),
        }
    }

    fn allowed(pinning: &Pinning) -> Vec<SubjectReport> {
        let subjects = pinning.subjects().iter();
        subjects
            .map(|(input, _)| report(input, Verdict::Allowed, Some(Digest::sha256(input.as_bytes()))))
            .collect()
    }

    #[test]
    fn every_distinct_image_is_verified_once() {
        let pinning = Pinning::new(&files(&[WEB, POD]), FindOptions::default()).unwrap();
        let inputs: Vec<&str> = pinning
            .subjects()
            .iter()
            .map(|(input, _)| input.as_str())
            .collect();
        assert_eq!(inputs, ["nginx", "postgres:16"]);
        let uses = pinning.uses_of(&pinning.subjects()[1].1);
        let places: Vec<String> = uses
            .map(|(file, image)| format!("{file}:{} {}", image.line(), image.path()))
            .collect();
        assert_eq!(
            places,
            [
                "0.yaml:1 services.db.image",
                "1.yaml:5 Pod/(unnamed) spec.containers[0].image"
            ]
        );
    }

    #[test]
    fn every_file_comes_back_with_the_digests_that_were_verified() {
        let pinning = Pinning::new(&files(&[WEB, POD]), FindOptions::default()).unwrap();
        let pinned = pinning.pinned(&allowed(&pinning), TagStyle::Keep).unwrap();
        let digest = |input: &str| Digest::sha256(input.as_bytes());
        assert!(
            pinned[0]
                .text
                .contains(&format!("docker.io/library/nginx:latest@{}", digest("nginx")))
        );
        assert_eq!(
            pinned[1].text,
            POD.replace("postgres:16", &format!("postgres:16@{}", digest("postgres:16")))
        );
        assert_eq!((pinned[0].changes.len(), pinned[1].changes[0].line), (3, 5));
    }

    #[test]
    fn nothing_is_pinned_unless_every_image_is_allowed() {
        let pinning = Pinning::new(&files(&[WEB, POD]), FindOptions::default()).unwrap();
        let good = allowed(&pinning);
        let with = |change: &dyn Fn(&mut Vec<SubjectReport>)| {
            let mut reports = good.clone();
            change(&mut reports);
            pinning.pinned(&reports, TagStyle::Keep)
        };
        assert!(with(&|_| {}).is_ok());
        for verdict in [
            Verdict::Denied,
            Verdict::NoEvidence,
            Verdict::Undecided,
            Verdict::Misconfigured,
        ] {
            let refused = with(&|reports| reports[1].verdict = verdict).unwrap_err();
            assert_eq!(refused.code, Code::InternalError);
        }
        assert!(with(&|reports| reports[0].digest = None).is_err());
        assert!(with(&|reports| reports.swap(0, 1)).is_err());
        assert!(with(&|reports| reports.truncate(1)).is_err());
        assert!(with(&|reports| reports.push(report("x", Verdict::Allowed, None))).is_err());
        assert!(with(&Vec::clear).is_err());
    }

    #[test]
    fn files_without_images_pass_beside_others_but_never_alone() {
        let allow = FindOptions {
            allow_no_images: true,
        };
        assert!(Pinning::new(&files(&[WEB, NOTHING]), FindOptions::default()).is_err());
        let pinning = Pinning::new(&files(&[WEB, NOTHING]), allow).unwrap();
        assert_eq!(
            pinning.pinned(&allowed(&pinning), TagStyle::Keep).unwrap()[1].text,
            NOTHING
        );
        for alone in [&[NOTHING][..], &[NOTHING, "", "# nothing\n"], &[]] {
            let findings = Pinning::new(&files(alone), allow).unwrap_err();
            assert_eq!(findings[0].code, Code::DeploymentFileNoImages);
        }
    }

    #[test]
    fn mistakes_of_every_file_are_told() {
        let broken = ["services: {a: {image: $A}}", "[", WEB];
        let findings = Pinning::new(&files(&broken), FindOptions::default()).unwrap_err();
        let codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(
            codes,
            [Code::ImageReferenceVariable, Code::DeploymentFileMalformed]
        );
    }
}
