//! Branching trees that fill a space, as vessels and airways do.

use super::volume::Point;

/// One stretch between two forks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Twig {
    pub(super) from: Point,
    pub(super) to: Point,
    /// At `from` and `to`, mm.
    pub(super) radii: (f32, f32),
}

/// Grows a tree from `root` to every leaf.
///
/// The leaves are halved again and again across their longest side, and each half is reached by a fork
/// on the way to its middle. A stem is as thick as Murray's law asks for the leaves it feeds.
pub(super) fn grow(root: Point, leaves: &mut [Point], leaf_radius: f32) -> Vec<Twig> {
    let mut twigs = Vec::with_capacity(leaves.len() * 2);
    let radius = thickness(leaves.len(), leaf_radius);
    branch(root, radius, leaves, leaf_radius, &mut twigs);
    twigs
}

fn thickness(leaves: usize, leaf_radius: f32) -> f32 {
    leaf_radius * (leaves.max(1) as f32).powf(0.38)
}

fn branch(root: Point, radius: f32, leaves: &mut [Point], leaf_radius: f32, twigs: &mut Vec<Twig>) {
    let Some(&first) = leaves.first() else { return };
    if leaves.len() == 1 {
        twigs.push(Twig { from: root, to: first, radii: (radius, leaf_radius * 0.7) });
        return;
    }
    let count = leaves.len() as f32;
    let middle: Point = std::array::from_fn(|i| leaves.iter().map(|leaf| leaf[i]).sum::<f32>() / count);
    let fork: Point = std::array::from_fn(|i| root[i] + (middle[i] - root[i]) * 0.42);
    let own = thickness(leaves.len(), leaf_radius).min(radius);
    twigs.push(Twig { from: root, to: fork, radii: (radius, own) });

    let spread = |axis: usize| leaves.iter().map(|leaf| (leaf[axis] - middle[axis]).powi(2)).sum::<f32>();
    let spreads = [spread(0), spread(1), spread(2)];
    let axis = (0..3).max_by(|&a, &b| spreads[a].total_cmp(&spreads[b])).unwrap_or(0);
    leaves.sort_by(|a, b| a[axis].total_cmp(&b[axis]));
    let (low, high) = leaves.split_at_mut(leaves.len() / 2);
    branch(fork, own, low, leaf_radius, twigs);
    branch(fork, own, high, leaf_radius, twigs);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaf_is_reached_and_no_branch_is_thicker_than_its_stem() {
        let mut leaves: Vec<Point> = (0..9).map(|i| [i as f32, (i * i % 5) as f32, 0.0]).collect();

        let twigs = grow([0.0, -20.0, 0.0], &mut leaves, 0.5);

        assert!(leaves.iter().all(|leaf| twigs.iter().any(|twig| twig.to == *leaf)));
        assert!(twigs.iter().all(|twig| twig.radii.1 <= twig.radii.0));
    }
}
