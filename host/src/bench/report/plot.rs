//! Lines in a coordinate system, as SVG.

use std::fmt::Write;

use super::escape::escape;
use super::scale::Scale;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 280.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 40.0;

/// Lines in a coordinate system.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    /// What it shows.
    pub(super) title: String,
    /// What lies along the bottom.
    pub(super) x: Axis,
    /// What lies along the left side.
    pub(super) y: Axis,
    /// At most two: there are so many colours.
    pub(super) lines: Vec<Line>,
}

/// One axis.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) name: &'static str,
    pub(super) scale: Scale,
}

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Said above the plot, in its colour; empty where the title says it.
    pub(super) name: &'static str,
    /// The line is broken where there is none.
    pub(super) points: Vec<Option<(f64, f64)>>,
}

impl Plot {
    /// The plot with its title.
    pub(super) fn figure(&self) -> String {
        let title = escape(&self.title);
        let (grid, lines) = (self.grid(), self.lines());
        format!(
            "<figure>\n<figcaption>{title}</figcaption>\n\
             <svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\">\n\
             {grid}{lines}</svg>\n</figure>\n"
        )
    }

    fn grid(&self) -> String {
        let mut svg = String::new();
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for (value, label) in &self.y.scale.ticks {
            let (y, label) = (self.y_of(*value), escape(label));
            _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
                LEFT - 6.0,
                y + 4.0
            );
        }
        for (value, label) in &self.x.scale.ticks {
            let (x, label) = (self.x_of(*value), escape(label));
            _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{bottom}\" y2=\"{:.1}\"/>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>",
                bottom + 4.0,
                bottom + 17.0
            );
        }
        _ = writeln!(
            svg,
            "<text x=\"{LEFT}\" y=\"14\">{}</text>\
             <text x=\"{right}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            escape(self.y.name),
            HEIGHT - 6.0,
            escape(self.x.name)
        );
        svg
    }

    fn lines(&self) -> String {
        let mut svg = String::new();
        let mut key = WIDTH - RIGHT;
        for (line, class) in self.lines.iter().zip(["one", "two"]) {
            for part in line.points.split(Option::is_none) {
                let points = part.iter().flatten().filter(|(_, y)| y.is_finite());
                let points: Vec<(f64, f64)> =
                    points.map(|&(x, y)| (self.x_of(x), self.y_of(y))).collect();
                svg += &match points[..] {
                    [] => continue,
                    // A line of one point would not be seen.
                    [(x, y)] => {
                        format!(
                            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"/>\n"
                        )
                    }
                    _ => polyline(class, &points),
                };
            }
            if !line.name.is_empty() {
                let name = escape(line.name);
                _ = writeln!(
                    svg,
                    "<line class=\"key {class}\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"10\" y2=\"10\"/>\
                     <text x=\"{key:.1}\" y=\"14\" text-anchor=\"end\">{name}</text>",
                    key - 60.0,
                    key - 40.0
                );
                key -= 80.0;
            }
        }
        svg
    }

    fn x_of(&self, value: f64) -> f64 {
        LEFT + self.x.scale.place(value) * (WIDTH - LEFT - RIGHT)
    }

    fn y_of(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - self.y.scale.place(value) * (HEIGHT - TOP - BOTTOM)
    }
}

fn polyline(class: &str, points: &[(f64, f64)]) -> String {
    let points: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    let points = points.join(" ");
    format!("<polyline class=\"{class}\" points=\"{points}\"/>\n")
}

#[cfg(test)]
mod tests {
    use super::{Axis, Line, Plot, Scale};

    fn plot(points: &[Option<(f64, f64)>]) -> String {
        let axis = |name| Axis {
            name,
            scale: Scale::to(10.0),
        };
        let plot = Plot {
            title: "a < b".into(),
            x: axis("x"),
            y: axis("y"),
            lines: vec![Line {
                name: "p50",
                points: points.into(),
            }],
        };
        plot.figure()
    }

    #[test]
    fn values_lie_where_the_axes_say() {
        let svg = plot(&[Some((0.0, 0.0)), Some((10.0, 10.0)), Some((5.0, 99.0))]);
        let line = "<polyline class=\"one\" points=\"64.0,240.0 704.0,28.0 384.0,28.0\"/>";
        assert!(svg.contains(line), "{svg}");
        assert!(svg.contains("aria-label=\"a &lt; b\""), "{svg}");
    }

    #[test]
    fn a_line_is_broken_where_there_is_no_value() {
        let svg = plot(&[
            Some((1.0, 1.0)),
            None,
            Some((3.0, 1.0)),
            Some((4.0, 1.0)),
            None,
            Some((6.0, f64::NAN)),
        ]);
        assert_eq!(svg.matches("<polyline").count(), 1, "{svg}");
        assert_eq!(svg.matches("<circle").count(), 1, "{svg}");
        assert!(!svg.contains("NaN"), "{svg}");
        assert!(!plot(&[]).contains("<polyline"));
    }
}
