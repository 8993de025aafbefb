//! Every request a user can make: where it applies, its name, its keys and its help line.
//!
//! One table feeds the dispatcher, the `[keys]` table of the configuration, the help screen and the
//! manual page, so none of them can disagree.

/// Where an action applies. Help and other overlays know what applies [`Context::Everywhere`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// In every view.
    Everywhere,
    /// In the list of studies.
    Browser,
    /// In the list of tags.
    Tags,
    /// In what an object says.
    Transcript,
    /// In one value.
    Value,
    /// Over an image.
    Viewer,
    /// Over planes of a volume.
    Volume,
    /// Over the steps of the pipeline.
    Steps,
}

impl Context {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Everywhere,
        Self::Browser,
        Self::Tags,
        Self::Transcript,
        Self::Value,
        Self::Viewer,
        Self::Volume,
        Self::Steps,
    ];

    /// As the help names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Browser => "in the browser",
            Self::Tags => "in the tags",
            Self::Transcript => "in the text",
            Self::Value => "in a value",
            Self::Viewer => "in the viewer",
            Self::Volume => "over a volume",
            Self::Steps => "over the steps",
        }
    }
}

macro_rules! groups {
    ($($variant:ident $title:literal)+) => {
        /// A paragraph of the help screen.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Group { $(#[doc = $title] $variant),+ }

        impl Group {
            /// All of them, in the order of the help screen.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The heading.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }
    };
}

groups! {
    Moving    "Moving"
    General   "General"
    Lists     "Lists"
    Steps     "Steps of the pipeline"
    Slices    "Slices and series"
    Planes    "Planes of the volume"
    Measuring "Measuring"
    Windowing "Brightness and contrast"
    Looking   "Zoom and orientation"
    Film      "Film"
    Review    "Review"
    Screen    "On the screen"
    Writing   "Write files"
}

macro_rules! actions {
    ($($variant:ident $name:literal [$($context:ident)+] $group:ident $keys:literal $help:literal;)+) => {
        /// Something the user can ask for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action { $(#[doc = $help] $variant),+ }

        impl Action {
            /// All actions, in the order of the help screen.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in the configuration.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Where it applies.
            pub fn contexts(self) -> &'static [Context] {
                match self { $(Self::$variant => &[$(Context::$context),+]),+ }
            }

            /// Its paragraph of the help screen.
            pub fn group(self) -> Group {
                match self { $(Self::$variant => Group::$group),+ }
            }

            /// Keys bound when the user says nothing; spaces separate alternatives.
            pub fn default_keys(self) -> &'static str {
                match self { $(Self::$variant => $keys),+ }
            }

            /// One line for the help screen.
            pub fn help(self) -> &'static str {
                match self { $(Self::$variant => $help),+ }
            }
        }
    };
}

actions! {
    Down             "down"              [Everywhere] Moving "j down" "Go down a row; over an image, to the next slice.";
    Up               "up"                [Everywhere] Moving "k up" "Go up a row; over an image, to the previous slice.";
    Right            "right"             [Everywhere] Moving "l right" "Unfold, or go in; over an image, to the next series.";
    Left             "left"              [Everywhere] Moving "h left" "Fold, or go out; over an image, to the previous series.";
    PageDown         "page-down"         [Everywhere] Moving "C-f pgdn" "Go down a page; over an image, a quarter of the stack.";
    PageUp           "page-up"           [Everywhere] Moving "C-b pgup" "Go up a page; over an image, a quarter of the stack.";
    HalfPageDown     "half-page-down"    [Everywhere] Moving "C-d" "Go down half a page; over an image, a tenth of the stack.";
    HalfPageUp       "half-page-up"      [Everywhere] Moving "C-u" "Go up half a page; over an image, a tenth of the stack.";
    First            "first"             [Everywhere] Moving "g>g home" "Go to the first row or slice.";
    Last             "last"              [Everywhere] Moving "G end" "Go to the last row or slice; after a number, to that one.";

    Open             "open"              [Everywhere] General "enter" "Open what is under the cursor; keep what is measured.";
    Tags             "tags"              [Everywhere] General "d" "Show the tags of what is under the cursor.";
    Read             "read"              [Everywhere] General "t" "Read as text: reports, plans, curves, protocols.";
    Back             "back"              [Everywhere] General "esc" "Go back one step; never quits.";
    Close            "close"             [Everywhere] General "q" "Close this view; the last one quits.";
    Quit             "quit"              [Everywhere] General "Q C-c" "Quit at once.";
    Help             "help"              [Everywhere] General "? f1" "Show the keys of this view.";
    Search           "search"            [Everywhere] General "/" "Search; in the browser, keep what matches words or field:value.";
    NextMatch        "next-match"        [Everywhere] General "n" "Go to the next match.";
    PreviousMatch    "previous-match"    [Everywhere] General "N" "Go to the previous match.";
    Problems         "problems"          [Everywhere] General "!" "List what could not be read, and why.";
    MaskIdentifiers  "mask-identifiers"  [Everywhere] General "P" "Hide or show names, IDs, dates and all that identifies.";
    Redraw           "redraw"            [Everywhere] General "C-l" "Draw everything again.";
    Suspend          "suspend"           [Everywhere] General "C-z" "Leave to the shell; `fg` comes back.";

    ToggleView       "toggle-view"       [Browser] Lists "tab" "Change between the tree and the table of series.";
    SortNext         "sort-next"         [Browser] Lists "s >" "Sort the table by the next column.";
    SortPrevious     "sort-previous"     [Browser] Lists "<" "Sort the table by the previous column.";
    SortReverse      "sort-reverse"      [Browser] Lists "S" "Reverse the order of the table.";
    TogglePreview    "toggle-preview"    [Browser] Lists "i" "Show or hide the preview.";
    Rescan           "rescan"            [Browser] Lists "R" "Look at the folders again.";
    ScanFolder       "scan-folder"       [Browser] Lists "F" "Look at the folder of what is under the cursor only.";
    PauseScan        "pause-scan"        [Browser] Lists "p" "Pause the scan, or let it go on.";
    StopScan         "stop-scan"         [Browser] Lists "X" "End the scan and keep what it has found.";
    ToggleFold       "toggle-fold"       [Browser Tags] Lists "space" "Fold or unfold.";
    ExpandAll        "expand-all"        [Browser Tags] Lists "E" "Unfold everything.";
    CollapseAll      "collapse-all"      [Browser Tags] Lists "C" "Fold everything.";
    NextInstance     "next-instance"     [Tags Transcript] Lists "]" "Show the next instance; of tags, the same one.";
    PreviousInstance "previous-instance" [Tags Transcript] Lists "[" "Show the previous instance; of tags, the same one.";

    NextFound        "next-found"        [Tags] Lists "}" "Go to the next instance that has what was searched for.";
    PreviousFound    "previous-found"    [Tags] Lists "{" "Go to the previous instance that has what was searched for.";
    TagRows          "tag-rows"          [Tags] Lists "v" "List all tags, essential, private, changed, or varying ones.";
    MarkInstance     "mark-instance"     [Tags] Lists "m" "Tell changes against this instance, or the one before.";
    NextBreach       "next-breach"       [Tags] Lists "x" "Go to the next place where the file breaks the standard.";
    PreviousBreach   "previous-breach"   [Tags] Lists "X" "Go to the previous place where the file breaks the standard.";
    ShowValue        "show-value"        [Tags Value] Lists "b" "Show all bytes of the value; again, its text.";
    CopyValue        "copy-value"        [Tags Transcript Value Steps] Lists "y" "Copy the value, or the command, to the clipboard.";

    Steps            "steps"             [Viewer] Steps "s" "Show the steps that prepare it for a network, one by one.";
    ToggleStep       "toggle-step"       [Steps] Steps "space" "Do this step, or leave it out.";
    AsTutorial       "as-tutorial"       [Steps] Steps "T" "Compute as the classic tutorial does, to the last bit.";

    SkipForward      "skip-forward"      [Viewer Volume Steps] Slices "J" "Go forward ten slices.";
    SkipBack         "skip-back"         [Viewer Volume Steps] Slices "K" "Go back ten slices.";
    Middle           "middle"            [Viewer Volume Steps] Slices "g>m" "Go to the middle slice.";
    NextStack        "next-stack"        [Viewer Volume] Slices "]" "Go to the next stack of the series.";
    PreviousStack    "previous-stack"    [Viewer Volume] Slices "[" "Go to the previous stack of the series.";
    NextFrame        "next-frame"        [Viewer Volume] Slices "." "Go to the next frame, or point in time.";
    PreviousFrame    "previous-frame"    [Viewer Volume] Slices "," "Go to the previous frame, or point in time.";

    Axial            "axial"             [Viewer Volume] Planes "A" "Show the axial plane; again, that one alone.";
    Coronal          "coronal"           [Viewer Volume] Planes "C" "Show the coronal plane; again, that one alone.";
    Sagittal         "sagittal"          [Viewer Volume] Planes "S" "Show the sagittal plane; again, that one alone.";
    Orthogonal       "orthogonal"        [Viewer Volume] Planes "O" "Show three planes that cross in one point, or one of them.";
    NextPane         "next-pane"         [Volume] Planes "tab" "Let the keys work on the next plane.";
    PreviousPane     "previous-pane"     [Volume] Planes "backtab" "Let the keys work on the plane before.";
    Upright          "upright"           [Volume] Planes "u" "Take planes along the patient, or along the stack.";
    TurnLeft         "turn-left"         [Volume] Planes "y" "Turn the plane, or the whole, to the left about the point.";
    TurnRight        "turn-right"        [Volume] Planes "Y" "Turn the plane, or the whole, to the right.";
    TiltUp           "tilt-up"           [Volume] Planes "e" "Tilt the plane, or the whole, up.";
    TiltDown         "tilt-down"         [Volume] Planes "E" "Tilt the plane, or the whole, down.";
    Turntable        "turntable"         [Viewer Volume] Planes "M" "Turn the largest values of the whole volume.";
    Surface          "surface"           [Viewer Volume] Planes "B" "Turn the surface of bones; again, of the skin.";
    Layout           "layout"            [Viewer Volume] Planes "L" "Show 2x2, 3x3 or 4x4 slices, or all of them.";
    Beside           "beside"            [Viewer Volume] Planes "|" "Show another series of the same space beside this one.";
    Fuse             "fuse"              [Volume] Planes "&" "Lay the other series over, 30& by 30 %; again, the difference.";
    LinkWindows      "link-windows"      [Volume] Planes "a" "Give both series one window, or each its own.";
    OwnSlices        "own-slices"        [Volume] Planes "v" "Show the other series in its own slices, or on this plane.";
    SamePoint        "same-point"        [Viewer Volume] Planes "o" "Go to the same point in another series of the same space.";
    Slab             "slab"              [Volume] Planes "p" "Show the largest, smallest or mean value of a thick plane.";
    Thicker          "thicker"           [Volume] Planes "z" "Make the slab thicker; raise the threshold of a surface.";
    Thinner          "thinner"           [Volume] Planes "Z" "Make the slab thinner; lower the threshold of a surface.";

    MarkPoint        "mark-point"        [Viewer Volume] Measuring "m" "Measure from this point; again, the angle; again, nothing.";
    Region           "region"            [Viewer Volume] Measuring "w" "Measure an ellipse from the mark; a rectangle; a polygon.";
    ForgetMeasure    "forget-measure"    [Viewer Volume] Measuring "D delete" "Take back the last measurement that is kept here.";
    Histogram        "histogram"         [Viewer Volume] Measuring "f" "Plot the values of the slice; of the region; of the volume.";
    Profile          "profile"           [Viewer Volume] Measuring "F" "Plot the values along the line that is measured.";
    TimeCurve        "time-curve"        [Viewer Volume] Measuring "@" "Plot the values at the point over time.";

    Preset1          "preset-1"          [Viewer Volume Steps] Windowing "1" "Show window 1 of the configuration (soft tissue).";
    Preset2          "preset-2"          [Viewer Volume Steps] Windowing "2" "Show window 2 of the configuration (lung).";
    Preset3          "preset-3"          [Viewer Volume Steps] Windowing "3" "Show window 3 of the configuration (liver).";
    Preset4          "preset-4"          [Viewer Volume Steps] Windowing "4" "Show window 4 of the configuration (bone).";
    Preset5          "preset-5"          [Viewer Volume Steps] Windowing "5" "Show window 5 of the configuration (brain).";
    Preset6          "preset-6"          [Viewer Volume Steps] Windowing "6" "Show window 6 of the configuration (mediastinum).";
    Preset7          "preset-7"          [Viewer Volume Steps] Windowing "7" "Show window 7 of the configuration (subdural).";
    Preset8          "preset-8"          [Viewer Volume Steps] Windowing "8" "Show window 8 of the configuration (stroke).";
    Preset9          "preset-9"          [Viewer Volume Steps] Windowing "9" "Show window 9 of the configuration (angiography).";
    AutoWindow       "auto-window"       [Viewer Volume Steps] Windowing "0" "Choose a window from the values of the image.";
    NextWindow       "next-window"       [Viewer Volume] Windowing "`" "Show the file's own window; again, its next one.";
    PreviousWindow   "previous-window"   [Viewer Volume] Windowing "~" "Show the file's previous window.";
    Narrower         "narrower"          [Viewer Volume Steps] Windowing "( S-left" "Narrow the window: more contrast.";
    Wider            "wider"             [Viewer Volume Steps] Windowing ") S-right" "Widen the window: less contrast.";
    LowerCenter      "lower-center"      [Viewer Volume Steps] Windowing "{ S-down" "Lower the centre of the window: a brighter image.";
    RaiseCenter      "raise-center"      [Viewer Volume Steps] Windowing "} S-up" "Raise the centre of the window: a darker image.";
    Palette          "palette"           [Viewer Volume Steps] Windowing "#" "Colour the levels: grey, hot iron, pet, viridis, rainbow.";
    Uptake           "uptake"            [Viewer Volume] Windowing "X" "Tell a PET as SUV by weight, lean mass, surface; as Bq/ml.";
    Invert           "invert"            [Viewer Volume Steps] Windowing "i" "Exchange black and white.";
    Threshold        "threshold"         [Viewer Volume Steps] Windowing "^" "Show what is above the centre white, the rest black.";
    Grey             "grey"              [Viewer] Windowing "a" "Show colours as grey levels, or as they are.";

    ZoomIn           "zoom-in"           [Viewer Volume] Looking "+" "Zoom in.";
    ZoomOut          "zoom-out"          [Viewer Volume] Looking "-" "Zoom out.";
    Fit              "fit"               [Viewer Volume] Looking "=" "Fit the image into its place.";
    ActualSize       "actual-size"       [Viewer] Looking "*" "Show one image pixel on one screen pixel.";
    PanLeft          "pan-left"          [Viewer Volume] Looking "A-h A-left" "Look further to the left.";
    PanDown          "pan-down"          [Viewer Volume] Looking "A-j A-down" "Look further down.";
    PanUp            "pan-up"            [Viewer Volume] Looking "A-k A-up" "Look further up.";
    PanRight         "pan-right"         [Viewer Volume] Looking "A-l A-right" "Look further to the right.";
    FlipHorizontal   "flip-horizontal"   [Viewer] Looking "H" "Exchange left and right; the letters follow.";
    FlipVertical     "flip-vertical"     [Viewer] Looking "V" "Exchange top and bottom; the letters follow.";
    RotateRight      "rotate-right"      [Viewer Volume] Looking "r" "Turn the image a quarter clockwise.";
    RotateLeft       "rotate-left"       [Viewer Volume] Looking "R" "Turn the image a quarter anticlockwise.";
    ResetView        "reset-view"        [Viewer Volume] Looking "backspace" "Undo zoom, turns, flips and windowing.";

    Cine             "cine"              [Viewer Volume] Film "c space" "Run the stack as a film, or stop it.";
    CineFaster       "cine-faster"       [Viewer Volume] Film ">" "Run the film faster.";
    CineSlower       "cine-slower"       [Viewer Volume] Film "<" "Run the film slower.";

    Verdict1         "verdict-1"         [Browser Viewer] Review "y v>1" "Give verdict 1 of the configuration (good).";
    Verdict2         "verdict-2"         [Browser Viewer] Review "b v>2" "Give verdict 2 of the configuration (bad).";
    Verdict3         "verdict-3"         [Browser Viewer] Review "u v>3" "Give verdict 3 of the configuration (unsure).";
    Verdict4         "verdict-4"         [Browser Viewer] Review "v>4" "Give verdict 4 of the configuration.";
    Verdict5         "verdict-5"         [Browser Viewer] Review "v>5" "Give verdict 5 of the configuration.";
    Verdict6         "verdict-6"         [Browser Viewer] Review "v>6" "Give verdict 6 of the configuration.";
    Verdict7         "verdict-7"         [Browser Viewer] Review "v>7" "Give verdict 7 of the configuration.";
    Verdict8         "verdict-8"         [Browser Viewer] Review "v>8" "Give verdict 8 of the configuration.";
    Verdict9         "verdict-9"         [Browser Viewer] Review "v>9" "Give verdict 9 of the configuration.";
    NoVerdict        "no-verdict"        [Browser Viewer] Review "v>0" "Take the verdict back.";
    Note             "note"              [Browser Viewer] Review "v>n" "Write a note on this series or study.";
    NextUnreviewed   "next-unreviewed"   [Browser Viewer] Review "U" "Go to the next series without a verdict.";

    Crosshair        "crosshair"         [Viewer Volume] Screen "x" "Show the value at a point; the motion keys move it.";
    CornerText       "corner-text"       [Viewer Volume] Screen "T" "Write more or less into the corners.";
    Smooth           "smooth"            [Viewer Volume Steps] Screen "I" "Interpolate between pixels, or show them as they are.";

    WritePicture     "write-picture"     [Browser Viewer Volume] Writing "W>p" "Write the slice as a PNG, as it is shown.";
    WritePictures    "write-pictures"    [Browser Viewer Volume] Writing "W>P" "Write a PNG of every slice.";
    WriteFilm        "write-film"        [Browser Viewer Volume] Writing "W>g" "Write the stack as an animated GIF.";
    WriteSheet       "write-sheet"       [Browser Viewer Volume] Writing "W>s" "Write a contact sheet of all slices.";
    WriteArray       "write-array"       [Browser Viewer Volume Steps] Writing "W>n" "Write the stack as a NumPy array.";
    WriteNifti       "write-nifti"       [Browser Viewer Volume] Writing "W>i" "Write the stack as NIfTI, compressed.";
    WriteNrrd        "write-nrrd"        [Browser Viewer Volume] Writing "W>r" "Write the stack as NRRD.";
    WriteTable       "write-table"       [Browser Viewer Volume] Writing "W>c" "Write a table of the slices as CSV.";
    WriteFiles       "write-files"       [Browser Viewer Volume] Writing "W>d" "Copy the DICOM files, in their order.";
    WriteValue       "write-value"       [Tags Value] Writing "Y" "Write the value to a file: text as UTF-8, else its bytes.";
}

impl Action {
    /// True if it applies in `context`, or everywhere.
    pub fn applies_in(self, context: Context) -> bool {
        self.contexts().iter().any(|&own| own == Context::Everywhere || own == context)
    }

    /// The digit of a window preset, 1 to 9.
    pub fn preset(self) -> Option<u8> {
        self.name().strip_prefix("preset-")?.parse().ok()
    }

    /// The number of a verdict, 1 to 9; 0 takes it back.
    pub fn verdict(self) -> Option<usize> {
        if self == Self::NoVerdict {
            return Some(0);
        }
        self.name().strip_prefix("verdict-")?.parse().ok()
    }

    /// The action with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_actions_share_a_name() {
        for &action in Action::ALL {
            assert_eq!(Action::named(action.name()), Some(action));
        }
    }

    #[test]
    fn every_help_line_is_one_sentence_that_fits_beside_its_keys() {
        for action in Action::ALL {
            let help = action.help();
            assert!(help.ends_with('.') && help.starts_with(char::is_uppercase), "{help}");
            assert!(help.chars().count() <= 64, "{help}");
        }
    }

    #[test]
    fn actions_of_one_group_stand_together() {
        assert!(Action::ALL.is_sorted_by_key(|action| action.group()));
    }

    #[test]
    fn the_nine_presets_know_their_digit() {
        let digits: Vec<u8> = Action::ALL.iter().filter_map(|action| action.preset()).collect();
        assert_eq!(digits, (1..=9).collect::<Vec<_>>());
    }
}
