// Package verify holds checkCa (src/pki/ca_check.h) against what istiod itself does with the same files.
//
// The cases come from the program ca_table of the C++ tests:
//
//	ICA_CA_TABLE=BUILD/tests/unit/pki/ca_table go test ./...
package verify

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"istio.io/istio/pkg/spiffe"
	"istio.io/istio/security/pkg/pki/ca"
	"istio.io/istio/security/pkg/pki/util"
)

// verdict is a line of verdicts.tsv.
type verdict struct {
	name   string
	passes bool // checkCa has no error
	loads  bool // the table says that istiod loads it
	roots  int  // certificates of root-cert.pem as certificatesAsGoReads sees them
	codes  string
}

// table runs ca_table into a folder and reads what it wrote.
func table(t *testing.T) (string, []verdict) {
	t.Helper()
	program := os.Getenv("ICA_CA_TABLE")
	if program == "" {
		t.Fatal("set ICA_CA_TABLE to the program ca_table of the build (tests/unit/pki/ca_table)")
	}
	folder := t.TempDir()
	if out, err := exec.Command(program, folder).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	file, err := os.Open(filepath.Join(folder, "verdicts.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var verdicts []verdict
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		field := strings.Split(lines.Text(), "\t")
		roots, err := strconv.Atoi(field[3])
		if err != nil {
			t.Fatal(err)
		}
		verdicts = append(verdicts, verdict{field[0], field[1] == "ok", field[2] == "loads", roots, field[4]})
	}
	return folder, verdicts
}

// load does with the files what istiod does when it starts (pilot/pkg/bootstrap/istio_ca.go, createIstioCA).
func load(folder string) (*ca.IstioCA, error) {
	bundle := ca.SigningCAFileBundle{
		RootCertFile:    filepath.Join(folder, "root-cert.pem"),
		CertChainFiles:  []string{filepath.Join(folder, "cert-chain.pem")},
		SigningCertFile: filepath.Join(folder, "ca-cert.pem"),
		SigningKeyFile:  filepath.Join(folder, "ca-key.pem"),
	}
	options, err := ca.NewPluggedCertIstioCAOptions(bundle, 24*time.Hour, 90*24*time.Hour, 2048)
	if err != nil {
		return nil, err
	}
	return ca.NewIstioCA(options)
}

func TestCheckCaRefusesWhatIstiodRefuses(t *testing.T) {
	folder, verdicts := table(t)
	if len(verdicts) < 60 {
		t.Fatalf("only %d cases", len(verdicts))
	}
	for _, v := range verdicts {
		t.Run(v.name, func(t *testing.T) {
			_, err := load(filepath.Join(folder, v.name))
			switch {
			case err != nil && v.passes:
				t.Errorf("istiod refuses what checkCa passes: %v", err)
			case err != nil && v.loads:
				t.Errorf("the table says that istiod loads it: %v", err)
			case err == nil && !v.loads:
				t.Errorf("the table says that istiod refuses it; checkCa: %s", v.codes)
			}
			if err == nil && !v.passes {
				t.Logf("stricter than istiod: %s", v.codes)
			}
		})
	}
}

// A leaf that istiod signs with a CA that checkCa passes verifies with its roots; this is the trial leaf, made by istiod.
func TestWhatIstiodSignsVerifies(t *testing.T) {
	folder, verdicts := table(t)
	for _, v := range verdicts {
		if !v.passes {
			continue
		}
		t.Run(v.name, func(t *testing.T) {
			authority, err := load(filepath.Join(folder, v.name))
			if err != nil {
				t.Fatal(err)
			}
			identity := spiffe.URIPrefix + "cluster.local/ns/shop/sa/default"
			request, _, err := util.GenCSR(util.CertOptions{Host: identity, ECSigAlg: util.EcdsaSigAlg})
			if err != nil {
				t.Fatal(err)
			}
			chain, err := authority.SignWithCertChain(request, ca.CertOpts{SubjectIDs: []string{identity}, TTL: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			certificates := read(t, []byte(chain[0]))
			roots := x509.NewCertPool()
			roots.AppendCertsFromPEM(authority.GetCAKeyCertBundle().GetRootCertPem())
			between := x509.NewCertPool()
			for _, certificate := range certificates[1:] {
				between.AddCert(certificate)
			}
			for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
				options := x509.VerifyOptions{Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{usage}}
				if _, err := certificates[0].Verify(options); err != nil {
					t.Errorf("usage %v: %v", usage, err)
				}
			}
		})
	}
}

func TestRootsAsGoReadsThem(t *testing.T) {
	folder, verdicts := table(t)
	for _, v := range verdicts {
		bytes, err := os.ReadFile(filepath.Join(folder, v.name, "root-cert.pem"))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(read(t, bytes)); got != v.roots {
			t.Errorf("%s: Go reads %d certificates, certificatesAsGoReads %d", v.name, got, v.roots)
		}
	}
}

// read is the loop of x509.CertPool's AppendCertsFromPEM.
func read(t *testing.T, bytes []byte) []*x509.Certificate {
	t.Helper()
	var certificates []*x509.Certificate
	for {
		var block *pem.Block
		if block, bytes = pem.Decode(bytes); block == nil {
			return certificates
		}
		if block.Type != "CERTIFICATE" || len(block.Headers) != 0 {
			continue
		}
		if certificate, err := x509.ParseCertificate(block.Bytes); err == nil {
			certificates = append(certificates, certificate)
		}
	}
}
