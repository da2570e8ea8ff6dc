// Renders the templates of a Helm chart as Helm does: Go's own template engine, sprig, and the functions that Helm adds.
// Usage: render <folder of the chart>, with {"values": {}, "release": {"Name": "", "Namespace": ""}} on stdin; answers
// {"values": {}, "files": {"templates/a.yaml": "…"}} on stdout. What needs a cluster (lookup) or files of the chart is left out.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

type object = map[string]interface{}

type order struct {
	Values  object `json:"values"`
	Release object `json:"release"`
}

type chart struct {
	Name       string `yaml:"name"`
	Version    string `yaml:"version"`
	AppVersion string `yaml:"appVersion"`
	Type       string `yaml:"type"`
}

type versions []string

func (known versions) Has(wanted string) bool {
	for _, version := range known {
		if version == wanted {
			return true
		}
	}
	return false
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder string) error {
	var given order
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		return err
	}
	var about chart
	if err := readYaml(filepath.Join(folder, "Chart.yaml"), &about); err != nil {
		return err
	}
	defaults, err := readValues(filepath.Join(folder, "values.yaml"))
	if err != nil {
		return err
	}
	values := merged(defaults, given.Values)
	release := merged(object{"Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1}, given.Release)
	scope := object{
		"Values":  values,
		"Release": release,
		"Chart":   about,
		"Capabilities": object{
			"KubeVersion": object{"Version": "v1.34.0", "Major": "1", "Minor": "34"},
			"APIVersions": versions{"v1", "apps/v1", "policy/v1", "networking.k8s.io/v1"},
		},
	}
	files, err := render(folder, about.Name, scope)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(object{"values": values, "files": files})
}

func render(folder string, name string, scope object) (map[string]string, error) {
	root := template.New(name).Option("missingkey=zero")
	root.Funcs(functions(root))
	paths, err := filepath.Glob(filepath.Join(folder, "templates", "*"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if _, err := root.New("templates/" + filepath.Base(path)).Parse(string(text)); err != nil {
			return nil, err
		}
	}
	files := map[string]string{}
	for _, path := range paths {
		file := "templates/" + filepath.Base(path)
		if strings.HasPrefix(filepath.Base(path), "_") {
			continue
		}
		scope["Template"] = object{"Name": name + "/" + file, "BasePath": name + "/templates"}
		text, err := execute(root, file, scope)
		if err != nil {
			return nil, err
		}
		files[file] = text
	}
	return files, nil
}

func functions(root *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	// A chart must not depend on the machine that renders it.
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(all, name)
	}
	all["toYaml"] = toYaml
	all["include"] = func(name string, scope interface{}) (string, error) { return execute(root, name, scope) }
	all["tpl"] = func(text string, scope interface{}) (string, error) {
		clone, err := root.Clone()
		if err != nil {
			return "", err
		}
		inner, err := clone.New("tpl").Parse(text)
		if err != nil {
			return "", err
		}
		return execute(inner, "tpl", scope)
	}
	all["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, errors.New(message)
		}
		return value, nil
	}
	return all
}

func execute(from *template.Template, name string, scope interface{}) (string, error) {
	var out strings.Builder
	if err := from.ExecuteTemplate(&out, name, scope); err != nil {
		return "", err
	}
	return strings.ReplaceAll(out.String(), "<no value>", ""), nil
}

func toYaml(value interface{}) (string, error) {
	// By way of JSON, as Helm does: a whole number that became a double is a whole number again.
	text, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	var again interface{}
	if err := yaml.Unmarshal(text, &again); err != nil {
		return "", err
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(again); err != nil {
		return "", err
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

func readYaml(path string, into interface{}) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return yaml.Unmarshal(text, into)
}

// Numbers are doubles, as in Helm.
func readValues(path string) (object, error) {
	var raw object
	if err := readYaml(path, &raw); err != nil {
		return nil, err
	}
	text, err := json.Marshal(raw)
	if err != nil {
		return nil, err
	}
	values := object{}
	return values, json.Unmarshal(text, &values)
}

// Objects are merged, everything else is replaced, and null takes a value away.
func merged(base object, over object) object {
	result := object{}
	for key, value := range base {
		result[key] = value
	}
	for key, value := range over {
		inner, isObject := value.(object)
		before, wasObject := result[key].(object)
		switch {
		case value == nil:
			delete(result, key)
		case isObject && wasObject:
			result[key] = merged(before, inner)
		default:
			result[key] = value
		}
	}
	return result
}
