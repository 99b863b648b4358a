// Package data holds samples to train and test models on, and the sources of
// such samples: IDX files, MNIST and Fashion-MNIST, tables, PNG files, digits
// drawn by the package itself, linear problems with known answers, and points of
// two classes in the plane.
//
// A [Dataset] is a list of inputs of one shape, each with a class label, a vector
// of real targets, or neither. Subset, Slice, First and Split return views of a
// dataset and copy no samples.
//
// [MNIST] reads the handwritten digits of LeCun, Cortes and Burges from disk,
// and [FashionMNIST] the clothes of Zalando in the same format. [DownloadMNIST]
// and [DownloadFashionMNIST] fetch them when asked to; nothing else in this package
// uses the network. [Digits] needs no file: it draws digits of the same size,
// for tests and for first trials. [Line] and [Linear] are regression problems
// for which the exact distribution of a trajectory is known. [TwoClusters], [TwoCircles],
// [Squares], [PlaygroundSpirals] and [TwoSpirals] are two classes of points in the plane,
// small enough to look at what a network does everywhere.
//
// Images have the shape [channels, height, width] and values in [0, 1].
// [ReadImages] makes such inputs of PNG files. [Dataset.Shifted] turns, blurs or
// otherwise changes images at five levels, to see what a model says of images
// unlike those that it was trained on.
//
// [ReadTable] reads CSV files and other tables for regression or classification,
// and says what the [Columns] are, with the levels of categorical ones. A
// [Standardizer] learns means and scales of the samples to train on, applies
// them to others, and takes predictions back to the units of the table.
//
// The package knows nothing of models.
package data
