// Package zarr writes and reads directories of arrays in version 2 of the Zarr
// format, without compression and filters
// (https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html).
//
// A Store has groups, and arrays in them. The elements of an array are in chunks
// of one shape, each a file. Arrays grow as a run goes on: chunks are written
// first, beyond the shape, and then Resize changes the shape.
//
// # Kills
//
// Each file is written beside its place, flushed to the disk and renamed. A store
// is made in a folder beside its place, which is renamed in the end. The shapes of
// all arrays are in one file, .zmetadata, which is written last: a reader of it
// sees all arrays before a Resize or all after, and no element that was not
// written. The .zarray files of the arrays have their shapes, too. A kill between
// them leaves arrays of different lengths for readers that do not read .zmetadata;
// the next Resize mends that.
//
// # xarray
//
// The dimensions of arrays have names, in the attribute _ARRAY_DIMENSIONS of
// xarray (https://docs.xarray.dev/en/stable/internals/zarr-encoding-spec.html). An
// array with the name of its only dimension is a coordinate.
//
// # What is read
//
// Open is strict: it reads the metadata that this package writes, and little else.
// Metadata of other programs are read where they say the same. Memory is in
// proportion to the files, whatever they claim.
package zarr
