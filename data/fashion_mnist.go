package data

import (
	"context"
	"errors"
)

// ErrNoFashionMNIST is to FashionMNIST what ErrNoMNIST is to MNIST.
var ErrNoFashionMNIST = errors.New("Fashion-MNIST not found")

// FashionMNIST reads Fashion-MNIST (Xiao, Rasul, Vollgraf, arXiv:1708.07747),
// images of clothes from Zalando in the format of MNIST: 60,000 to train on and
// 10,000 to test on, ten classes, inputs of shape [1, 28, 28] in [0, 1].
//
// Names of files and the order in which folders are looked for are those of
// MNIST, with the environment variable TRAJENS_FASHION_MNIST and the folder
// trajens/fashion-mnist in the user's cache directory. DownloadFashionMNIST
// puts the files into the same folder. A folder that lacks files is an error,
// which is ErrNoFashionMNIST if neither dir nor TRAJENS_FASHION_MNIST named the
// folder.
func FashionMNIST(dir string) (train, test *Dataset, err error) { return fashionMNIST.load(dir) }

// DownloadFashionMNIST fetches the four files of Fashion-MNIST (30.9 MB) into
// the folder dir or, if dir is empty, into the one in which FashionMNIST looks.
// Like DownloadMNIST it keeps right files, checks what it fetches against
// SHA-256 sums of the files that Zalando published, and leaves no part of a
// file behind.
func DownloadFashionMNIST(ctx context.Context, dir string, config DownloadConfig) error {
	return fashionMNIST.download(ctx, dir, config)
}

// fashionMNIST is the dataset as Zalando Research published it.
var fashionMNIST = imageSet{
	folder:   "fashion-mnist",
	variable: "TRAJENS_FASHION_MNIST",
	fetcher:  "DownloadFashionMNIST",
	missing:  ErrNoFashionMNIST,
	classes: []string{
		"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
		"Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
	},
	mirrors: []string{
		"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
		"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", // the sums make up for the missing s
	},
	files: [4]remoteFile{
		{
			name: "train-images-idx3-ubyte.gz",
			size: 26421880, sum: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
			contentSize: 47040016, contentSum: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
		},
		{
			name: "train-labels-idx1-ubyte.gz",
			size: 29515, sum: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
			contentSize: 60008, contentSum: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
		},
		{
			name: "t10k-images-idx3-ubyte.gz",
			size: 4422102, sum: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
			contentSize: 7840016, contentSum: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
		},
		{
			name: "t10k-labels-idx1-ubyte.gz",
			size: 5148, sum: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
			contentSize: 10008, contentSum: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
		},
	},
}
