#!/bin/sh
# Every command of topogram once, over the demo, as they stand in the README.
#
#     examples/commands.sh [FOLDER]
#
# works in a new temporary folder, or in FOLDER; `topogram` has to be on the PATH. The tests run it.
set -eux
examples=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$(mktemp -d)}"
cp "$examples/review.csv" "$examples/measurements.csv" .

topogram demo demo --no-open
topogram ls demo
topogram find 'modality:ct slices:>15 -localizer' demo
topogram tags demo/phantom-thora/chest/I0030 -t 'Window*'
topogram read demo/phantom-thora/report.dcm
topogram show demo/phantom-thora/chest --slice 30 --window lung --width 60
topogram check demo
topogram digest demo/wang
topogram diff demo/phantom-thora/chest/I0001 demo/phantom-thora/chest/I0002 || test $? = 1
topogram varies demo/phantom-thora/nodule
topogram export demo --query 'description:ep2d' --to nii.gz -o arrays
topogram show arrays/*.nii.gz
topogram export arrays/*.nii.gz --to nrrd -o arrays
topogram pipeline demo --query 'description:nodule' -o ready --resample 2mm --lungs --normalise -1000,400 --zero-centre
topogram review demo --review review.csv
topogram measurements demo --measurements measurements.csv
topogram deidentify demo/yamada --to nameless
topogram cache
topogram doctor
topogram config
topogram completions bash > topogram.bash
topogram man > topogram.1
