package data

import (
	"context"
	"errors"
)

// ErrNoMNIST is the error, found with errors.Is, of MNIST when nobody has named
// a folder for the files and they are not in the user's cache directory either.
// A folder that was named and lacks files has another error, so that a program
// with other data to fall back on does not take a typing error for that case.
var ErrNoMNIST = errors.New("MNIST not found")

// MNIST reads the MNIST handwritten digits (LeCun, Cortes, Burges): 60,000
// images to train on and 10,000 to test on, ten classes, inputs of shape
// [1, 28, 28] in [0, 1].
//
// The folder dir must hold the four files train-images-idx3-ubyte,
// train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte,
// each with or without the suffix .gz; the spelling train-images.idx3-ubyte
// is also known. If dir is empty, the folder is the one that the environment
// variable TRAJENS_MNIST names, and if there is no such variable, trajens/mnist
// in the user's cache directory (os.UserCacheDir). DownloadMNIST puts the files
// into the same folder.
//
// A folder that lacks files is an error, which is ErrNoMNIST if neither dir nor
// TRAJENS_MNIST named the folder.
//
// Other data in the same format can be read too; Fashion-MNIST has a function
// of its own, FashionMNIST.
//
// Neighbors in the training file are not alike: the file alternates between two
// groups of writers of unequal difficulty. Take subsets at random (Split) or
// as a block (First), never every k-th sample.
func MNIST(dir string) (train, test *Dataset, err error) { return mnist.load(dir) }

// DownloadMNIST fetches the four files of MNIST (11.6 MB) into the folder
// dir, which is made if need be. If dir is empty, the folder is where MNIST looks:
// the one that the environment variable TRAJENS_MNIST names, or else
// trajens/mnist in the user's cache directory.
//
// Each file is checked against a SHA-256 sum that is part of this package,
// and appears under its name only when complete and right: it is written to a
// temporary file in the folder, flushed to disk and renamed. A file that
// is there already is kept if its sum is right or its decompressed contents
// are; otherwise it is replaced.
//
// When ctx ends, or when no mirror has a right copy of a file, DownloadMNIST
// returns an error that holds those of all mirrors; files fetched before that
// stay.
func DownloadMNIST(ctx context.Context, dir string, config DownloadConfig) error {
	return mnist.download(ctx, dir, config)
}

// digitNames are the names of the classes of MNIST and of Digits.
var digitNames = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}

// mnist is the dataset as LeCun, Cortes and Burges published it.
var mnist = imageSet{
	folder:   "mnist",
	variable: "TRAJENS_MNIST",
	fetcher:  "DownloadMNIST",
	missing:  ErrNoMNIST,
	classes:  digitNames,
	mirrors: []string{
		"https://ossci-datasets.s3.amazonaws.com/mnist/",
		"https://storage.googleapis.com/cvdf-datasets/mnist/",
	},
	files: [4]remoteFile{
		{
			name: "train-images-idx3-ubyte.gz",
			size: 9912422, sum: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
			contentSize: 47040016, contentSum: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
		},
		{
			name: "train-labels-idx1-ubyte.gz",
			size: 28881, sum: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
			contentSize: 60008, contentSum: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
		},
		{
			name: "t10k-images-idx3-ubyte.gz",
			size: 1648877, sum: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
			contentSize: 7840016, contentSum: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
		},
		{
			name: "t10k-labels-idx1-ubyte.gz",
			size: 4542, sum: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
			contentSize: 10008, contentSum: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
		},
	},
}
