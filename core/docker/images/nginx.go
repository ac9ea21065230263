// Command nginx serves files and passes requests on, as its configuration says: what people of
// containers write into it.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	configuration = "/etc/nginx/nginx.conf"
	pidFile       = "/run/nginx.pid"
	worker        = 29
)

var version = os.Getenv("NGINX_VERSION")

// directives that are understood or change nothing that can be seen here.
var directives = strings.Fields(`user worker_processes error_log pid events worker_connections http include
default_type log_format access_log sendfile tcp_nopush tcp_nodelay keepalive_timeout gzip gzip_types server listen
server_name root index location return proxy_pass proxy_set_header proxy_http_version proxy_redirect add_header
try_files autoindex error_page client_max_body_size upstream charset expires alias rewrite allow deny types
proxy_read_timeout proxy_connect_timeout proxy_buffering worker_rlimit_nofile multi_accept daemon resolver set
server_tokens etag limit_rate real_ip_header set_real_ip_from types_hash_max_size stub_status if map`)

type directive struct {
	name  string
	args  []string
	block []*directive
	place string
}

func (d *directive) find(name string) *directive {
	if d != nil {
		for _, one := range d.block {
			if one.name == name {
				return one
			}
		}
	}
	return nil
}

// first is the first argument of the innermost directive of that name.
func first(name, otherwise string, blocks ...*directive) string {
	for _, block := range blocks {
		if one := block.find(name); one != nil && len(one.args) > 0 {
			return one.args[0]
		}
	}
	return otherwise
}

type parser struct {
	file, text string
	at, line   int
}

// word reads a word or one of ; { }, which are not quoted.
func (p *parser) word() (word string, quoted, ok bool) {
	for p.at < len(p.text) {
		c := p.text[p.at]
		if c == '\n' {
			p.line++
		}
		if c == '#' {
			for p.at < len(p.text) && p.text[p.at] != '\n' {
				p.at++
			}
			continue
		}
		if !strings.ContainsRune(" \t\r\n", rune(c)) {
			break
		}
		p.at++
	}
	if p.at >= len(p.text) {
		return "", false, false
	}
	c := p.text[p.at]
	if strings.ContainsRune(";{}", rune(c)) {
		p.at++
		return string(c), false, true
	}
	var text []byte
	quote := byte(0)
	if c == '"' || c == '\'' {
		quote = c
		p.at++
	}
	for ; p.at < len(p.text); p.at++ {
		c := p.text[p.at]
		if c == '\\' && p.at+1 < len(p.text) {
			p.at++
			switch next := p.text[p.at]; next {
			case 'n':
				text = append(text, '\n')
			case 't':
				text = append(text, '\t')
			case '"', '\'', '\\':
				text = append(text, next)
			default:
				text = append(text, c, next)
			}
			continue
		}
		if quote != 0 && c == quote {
			p.at++
			break
		}
		if quote == 0 && strings.ContainsRune(" \t\r\n;", rune(c)) || quote == 0 && c == '{' && (len(text) == 0 || text[len(text)-1] != '$') {
			break
		}
		if c == '\n' {
			p.line++
		}
		text = append(text, c)
	}
	return string(text), quote != 0, true
}

func (p *parser) place() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

func (p *parser) block(inner bool) (all []*directive, err error) {
	for {
		name, _, ok := p.word()
		switch {
		case !ok && inner:
			return nil, fmt.Errorf("unexpected end of file, expecting \"}\" in %s", p.place())
		case !ok:
			return all, nil
		case name == "}" && inner:
			return all, nil
		case name == "}" || name == "{" || name == ";":
			return nil, fmt.Errorf("unexpected %q in %s", name, p.place())
		}
		one := &directive{name: name, place: p.place()}
		for {
			word, quoted, ok := p.word()
			if !ok {
				return nil, fmt.Errorf("unexpected end of file, expecting \";\" or \"}\" in %s", p.place())
			}
			if !quoted && word == "}" {
				return nil, fmt.Errorf("unexpected \"}\" in %s", p.place())
			}
			if !quoted && (word == ";" || word == "{") {
				if word == "{" {
					if one.block, err = p.block(true); err != nil {
						return nil, err
					}
				}
				break
			}
			one.args = append(one.args, word)
		}
		if !known(name) {
			return nil, fmt.Errorf("unknown directive %q in %s", name, one.place)
		}
		if name != "include" {
			all = append(all, one)
			continue
		}
		files, err := included(one)
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
}

func known(name string) bool {
	for _, one := range directives {
		if one == name {
			return true
		}
	}
	return strings.Contains(name, "/")
}

func included(one *directive) (all []*directive, err error) {
	if len(one.args) != 1 {
		return nil, fmt.Errorf("invalid number of arguments in \"include\" directive in %s", one.place)
	}
	pattern := one.args[0]
	if !path.IsAbs(pattern) {
		pattern = "/etc/nginx/" + pattern
	}
	names := []string{path.Base(pattern)}
	if strings.Contains(pattern, "*") {
		names = nil
		entries, _ := os.ReadDir(path.Dir(pattern))
		for _, entry := range entries {
			if ok, _ := path.Match(path.Base(pattern), entry.Name()); ok {
				names = append(names, entry.Name())
			}
		}
	}
	for _, name := range names {
		if name == "mime.types" {
			continue
		}
		more, err := read(path.Join(path.Dir(pattern), name), one.place)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

func read(file, place string) ([]*directive, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		if place != "" {
			place = " in " + place
		}
		return nil, fmt.Errorf("open() %q failed (2: No such file or directory)%s", file, place)
	}
	p := &parser{file: file, text: string(text), line: 1}
	return p.block(false)
}

func load(file string) (*directive, error) {
	all, err := read(file, "")
	if err != nil {
		return nil, err
	}
	root := &directive{block: all}
	log := root.find("error_log")
	verbose = log != nil && len(log.args) > 1 && log.args[1] == "notice"
	if root.find("events") == nil {
		return nil, fmt.Errorf("no \"events\" section in configuration")
	}
	web := root.find("http")
	if web == nil {
		return &directive{}, nil
	}
	for _, server := range web.block {
		for _, location := range server.block {
			one := location.find("proxy_pass")
			if location.name != "location" || one == nil || len(one.args) == 0 || strings.Contains(one.args[0], "$") {
				continue
			}
			rest, found := strings.CutPrefix(one.args[0], "http://")
			if !found {
				return nil, fmt.Errorf("invalid URL prefix in %s", one.place)
			}
			host, _, _ := strings.Cut(rest, "/")
			host, _, _ = strings.Cut(host, ":")
			if _, err := net.LookupHost(host); err != nil && upstream(web, host) == "" {
				return nil, fmt.Errorf("host not found in upstream %q in %s", host, one.place)
			}
		}
	}
	return web, nil
}

// upstream is the first server of a named group.
func upstream(web *directive, name string) string {
	for _, one := range web.block {
		if one.name == "upstream" && len(one.args) > 0 && one.args[0] == name {
			return first("server", "", one)
		}
	}
	return ""
}

var web *directive

func port(server *directive) []string {
	var ports []string
	for _, one := range server.block {
		if one.name == "listen" && len(one.args) > 0 && !strings.HasPrefix(one.args[0], "unix:") {
			address := one.args[0]
			port := address[strings.LastIndexByte(address, ':')+1:]
			if _, err := strconv.Atoi(port); err != nil {
				port = "80"
			}
			ports = append(ports, port)
		}
	}
	if ports == nil {
		ports = []string{"80"}
	}
	return ports
}

func contains(all []string, one string) bool {
	for _, other := range all {
		if other == one {
			return true
		}
	}
	return false
}

// choose finds the server that listens on a port and has the name, or else the first.
func choose(on, host string) (found *directive) {
	host, _, _ = strings.Cut(host, ":")
	for _, one := range web.block {
		if one.name != "server" || !contains(port(one), on) {
			continue
		}
		if names := one.find("server_name"); names != nil && contains(names.args, host) {
			return one
		}
		if found == nil {
			found = one
		}
	}
	return found
}

func locate(server *directive, uri string) (best *directive) {
	length := -1
	for _, one := range server.block {
		if one.name != "location" || len(one.args) == 0 {
			continue
		}
		mode, pattern := "", one.args[0]
		if len(one.args) > 1 {
			mode, pattern = one.args[0], one.args[1]
		}
		switch mode {
		case "=":
			if uri == pattern {
				return one
			}
		case "", "^~":
			if strings.HasPrefix(uri, pattern) && len(pattern) > length {
				best, length = one, len(pattern)
			}
		}
	}
	if best != nil && len(best.args) > 1 {
		return best
	}
	for _, one := range server.block {
		if one.name == "location" && len(one.args) > 1 && one.args[0][0] == '~' {
			pattern := one.args[1]
			if one.args[0] == "~*" {
				pattern = "(?i)" + pattern
			}
			if exp, err := regexp.Compile(pattern); err == nil && exp.MatchString(uri) {
				return one
			}
		}
	}
	return best
}

var types = map[string]string{
	".html": "text/html", ".htm": "text/html", ".css": "text/css", ".js": "application/javascript", ".txt": "text/plain",
	".json": "application/json", ".png": "image/png", ".jpg": "image/jpeg", ".svg": "image/svg+xml", ".gif": "image/gif",
	".xml": "text/xml", ".ico": "image/x-icon", ".pdf": "application/pdf", ".wasm": "application/wasm",
}

var variable = regexp.MustCompile(`\$\{?[a-z_0-9]+\}?`)

// exchange is one request being answered.
type exchange struct {
	w                http.ResponseWriter
	r                *http.Request
	on               string
	server, location *directive
	status           int
	sent             int64
}

func (x *exchange) expand(text string) string {
	return variable.ReplaceAllStringFunc(text, func(name string) string {
		host, _, _ := net.SplitHostPort(x.r.RemoteAddr)
		switch name = strings.Trim(name, "${}"); name {
		case "uri", "document_uri":
			return x.r.URL.Path
		case "request_uri":
			return x.r.URL.RequestURI()
		case "args", "query_string":
			return x.r.URL.RawQuery
		case "is_args":
			if x.r.URL.RawQuery != "" {
				return "?"
			}
		case "host":
			name, _, _ := strings.Cut(x.r.Host, ":")
			return name
		case "http_host":
			return x.r.Host
		case "remote_addr", "proxy_add_x_forwarded_for":
			return host
		case "hostname":
			name, _ := os.Hostname()
			return name
		case "request_method":
			return x.r.Method
		case "scheme":
			return "http"
		case "server_port":
			return x.on
		case "server_protocol":
			return x.r.Proto
		case "server_addr":
			if address, ok := x.r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
				own, _, _ := net.SplitHostPort(address.String())
				return own
			}
		case "server_name":
			return first("server_name", "", x.server)
		case "time_local":
			return time.Now().Format("02/Jan/2006:15:04:05 -0700")
		case "time_iso8601":
			return time.Now().Format("2006-01-02T15:04:05-07:00")
		case "nginx_version":
			return version
		}
		if header, ok := strings.CutPrefix(name, "http_"); ok {
			return x.r.Header.Get(strings.ReplaceAll(header, "_", "-"))
		}
		if value, ok := strings.CutPrefix(name, "arg_"); ok {
			return x.r.URL.Query().Get(value)
		}
		return ""
	})
}

func (x *exchange) send(status int, kind string, body []byte) {
	header := x.w.Header()
	header.Set("Server", "nginx/"+version)
	if kind != "" {
		header.Set("Content-Type", kind)
	}
	for _, block := range []*directive{x.location, x.server} {
		if block == nil {
			continue
		}
		for _, one := range block.block {
			if one.name == "add_header" && len(one.args) > 1 && (status < 400 || contains(one.args, "always")) {
				header.Set(one.args[0], x.expand(one.args[1]))
			}
		}
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	x.w.WriteHeader(status)
	x.status = status
	if x.r.Method != "HEAD" {
		n, _ := x.w.Write(body)
		x.sent = int64(n)
	}
}

// fail answers with the page that the configuration has for a status, or nginx's own.
func (x *exchange) fail(status int) {
	for _, block := range []*directive{x.location, x.server} {
		if block == nil {
			continue
		}
		for _, one := range block.block {
			if one.name != "error_page" || !contains(one.args, strconv.Itoa(status)) {
				continue
			}
			page := one.args[len(one.args)-1]
			location := locate(x.server, page)
			if text, err := os.ReadFile(first("root", "/etc/nginx/html", location, x.server, web) + page); err == nil {
				x.send(status, "text/html", text)
				return
			}
		}
	}
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	switch status {
	case 301:
		title = "301 Moved Permanently"
	case 405:
		title = "405 Not Allowed"
	}
	x.send(status, "text/html", []byte("<html>\r\n<head><title>"+title+"</title></head>\r\n<body>\r\n<center><h1>"+title+
		"</h1></center>\r\n<hr><center>nginx/"+version+"</center>\r\n</body>\r\n</html>\r\n"))
}

func (x *exchange) complain(text string) {
	host, _, _ := net.SplitHostPort(x.r.RemoteAddr)
	report("error", worker, "*%d %s, client: %s, server: %s, request: \"%s %s %s\", host: %q", served, text, host,
		first("server_name", "", x.server), x.r.Method, x.r.URL.RequestURI(), x.r.Proto, x.r.Host)
}

func (x *exchange) answer() {
	if x.server == nil {
		x.fail(404)
		return
	}
	uri := path.Clean(x.r.URL.Path)
	if strings.HasSuffix(x.r.URL.Path, "/") && uri != "/" {
		uri += "/"
	}
	x.location = locate(x.server, uri)
	for _, block := range []*directive{x.server, x.location} {
		if one := block.find("return"); one != nil && len(one.args) > 0 {
			x.reply(one.args)
			return
		}
	}
	if target := first("proxy_pass", "", x.location); target != "" {
		x.pass(x.expand(target), uri)
		return
	}
	if one := x.location.find("try_files"); one != nil && len(one.args) > 0 {
		last := len(one.args) - 1
		root := first("root", "/etc/nginx/html", x.location, x.server, web)
		for _, name := range one.args[:last] {
			name = x.expand(name)
			info, err := os.Stat(root + name)
			if err == nil && info.IsDir() == strings.HasSuffix(name, "/") {
				x.file(name)
				return
			}
		}
		if code, ok := strings.CutPrefix(one.args[last], "="); ok {
			status, _ := strconv.Atoi(code)
			x.fail(status)
			return
		}
		uri, _, _ = strings.Cut(x.expand(one.args[last]), "?")
	}
	x.file(uri)
}

func (x *exchange) reply(args []string) {
	status, err := strconv.Atoi(args[0])
	text := ""
	if err != nil {
		status, text = 302, args[0]
	} else if len(args) > 1 {
		text = args[1]
	}
	text = x.expand(text)
	if status >= 301 && status <= 308 && text != "" {
		x.w.Header().Set("Location", text)
		x.fail(status)
		return
	}
	if text == "" && status != 200 && status != 204 {
		x.fail(status)
		return
	}
	x.send(status, first("default_type", "text/plain", x.location, x.server, web), []byte(text))
}

func (x *exchange) file(uri string) {
	if x.r.Method != "GET" && x.r.Method != "HEAD" {
		x.fail(405)
		return
	}
	name := first("root", "/etc/nginx/html", x.location, x.server, web) + uri
	if alias := first("alias", "", x.location); alias != "" {
		name = alias + strings.TrimPrefix(uri, x.location.args[len(x.location.args)-1])
	}
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		if !strings.HasSuffix(uri, "/") {
			x.w.Header().Set("Location", "http://"+x.r.Host+uri+"/")
			x.fail(301)
			return
		}
		index := &directive{args: []string{"index.html"}}
		for _, block := range []*directive{web, x.server, x.location} {
			if one := block.find("index"); one != nil {
				index = one
			}
		}
		for _, one := range index.args {
			if info, err = os.Stat(name + one); err == nil {
				name += one
				break
			}
		}
		if err != nil && first("autoindex", "off", x.location, x.server, web) == "on" {
			x.list(name, uri)
			return
		}
		if err != nil {
			x.complain(fmt.Sprintf("directory index of %q is forbidden", name))
			x.fail(403)
			return
		}
	}
	if err != nil {
		x.complain(fmt.Sprintf("open() %q failed (2: No such file or directory)", name))
		x.fail(404)
		return
	}
	text, err := os.ReadFile(name)
	if err != nil {
		x.complain(fmt.Sprintf("open() %q failed (13: Permission denied)", name))
		x.fail(403)
		return
	}
	kind := types[path.Ext(name)]
	if kind == "" {
		kind = first("default_type", "text/plain", x.location, x.server, web)
	}
	tag := fmt.Sprintf("\"%x-%x\"", info.ModTime().Unix(), len(text))
	header := x.w.Header()
	header.Set("Last-Modified", info.ModTime().UTC().Format(http.TimeFormat))
	header.Set("ETag", tag)
	if x.r.Header.Get("If-None-Match") == tag {
		header.Set("Server", "nginx/"+version)
		x.status = 304
		x.w.WriteHeader(304)
		return
	}
	header.Set("Accept-Ranges", "bytes")
	x.send(200, kind, text)
}

func (x *exchange) list(name, uri string) {
	entries, _ := os.ReadDir(name)
	page := "<html>\r\n<head><title>Index of " + uri + "</title></head>\r\n<body>\r\n<h1>Index of " + uri + "</h1><hr><pre><a href=\"../\">../</a>\r\n"
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			continue
		}
		name, size := entry.Name(), strconv.FormatInt(info.Size(), 10)
		if entry.IsDir() {
			name, size = name+"/", "-"
		}
		page += fmt.Sprintf("<a href=\"%s\">%s</a>%s%s%20s\r\n", name, name, strings.Repeat(" ", max(1, 51-len(name))),
			info.ModTime().UTC().Format("02-Jan-2006 15:04"), size)
	}
	x.send(200, "text/html", []byte(page+"</pre><hr></body>\r\n</html>\r\n"))
}

func (x *exchange) pass(target, uri string) {
	rest := strings.TrimPrefix(target, "http://")
	host, below, found := strings.Cut(rest, "/")
	if found {
		uri = "/" + below + strings.TrimPrefix(uri, x.location.args[len(x.location.args)-1])
	}
	address := host
	if server := upstream(web, host); server != "" {
		address = server
	}
	if x.r.URL.RawQuery != "" {
		uri += "?" + x.r.URL.RawQuery
	}
	request, err := http.NewRequest(x.r.Method, "http://"+address+uri, x.r.Body)
	if err != nil {
		x.fail(502)
		return
	}
	request.Header = x.r.Header.Clone()
	request.Host = host
	for _, one := range x.location.block {
		if one.name == "proxy_set_header" && len(one.args) > 1 {
			if value := x.expand(one.args[1]); one.args[0] == "Host" {
				request.Host = value
			} else {
				request.Header.Set(one.args[0], value)
			}
		}
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		x.complain(fmt.Sprintf("connect() failed (111: Connection refused) while connecting to upstream"))
		x.fail(502)
		return
	}
	defer response.Body.Close()
	for name, values := range response.Header {
		x.w.Header()[name] = values
	}
	body, _ := io.ReadAll(response.Body)
	x.send(response.StatusCode, "", body)
}

var served int

func report(level string, pid int, format string, args ...any) {
	now := time.Now().Format("2006/01/02 15:04:05")
	fmt.Fprintf(os.Stderr, "%s [%s] %d#%d: %s\n", now, level, pid, pid, fmt.Sprintf(format, args...))
}

func handle(on string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served++
		x := &exchange{w: w, r: r, on: on, server: choose(on, r.Host)}
		x.answer()
		if first("access_log", "", x.location, x.server, web) == "off" {
			return
		}
		header := func(name string) string {
			if value := r.Header.Get(name); value != "" {
				return value
			}
			return "-"
		}
		fmt.Println(x.expand("$remote_addr - - [$time_local] ") + fmt.Sprintf("\"%s %s %s\" %d %d %q %q %q",
			r.Method, r.URL.RequestURI(), r.Proto, x.status, x.sent, header("Referer"), header("User-Agent"),
			header("X-Forwarded-For")))
	})
}

// verbose tells whether the configuration asks for notices.
var verbose bool

func notice(pid int, format string, args ...any) {
	if verbose {
		report("notice", pid, format, args...)
	}
}

func emergency(text string) {
	report("emerg", os.Getpid(), "%s", text)
	fmt.Fprintln(os.Stderr, "nginx: [emerg] "+text)
	os.Exit(1)
}

func listen(open map[string]bool) {
	for _, server := range web.block {
		if server.name != "server" {
			continue
		}
		for _, on := range port(server) {
			if open[on] {
				continue
			}
			open[on] = true
			listener, err := net.Listen("tcp", ":"+on)
			if err != nil {
				emergency("bind() to 0.0.0.0:" + on + " failed (98: Address already in use)")
			}
			go http.Serve(listener, handle(on))
		}
	}
}

func main() {
	file, test, signal := configuration, false, ""
	for i := 1; i < len(os.Args); i++ {
		word := os.Args[i]
		switch word {
		case "-g", "-p", "-e", "-c", "-s":
			i++
			if i == len(os.Args) {
				fmt.Fprintf(os.Stderr, "nginx: option \"%s\" requires parameter\n", word)
				os.Exit(1)
			}
			if word == "-c" {
				file = os.Args[i]
			}
			if word == "-s" {
				signal = os.Args[i]
			}
		case "-v":
			fmt.Fprintln(os.Stderr, "nginx version: nginx/"+version)
			return
		case "-V":
			fmt.Fprintf(os.Stderr, "nginx version: nginx/%s\nbuilt by gcc 12.2.0 (Debian 12.2.0-14+deb12u1)\n", version)
			return
		case "-t", "-T":
			test = true
		case "-q":
		default:
			if strings.HasPrefix(word, "-") {
				fmt.Fprintf(os.Stderr, "nginx: invalid option: %q\n", strings.TrimLeft(word, "-"))
			} else {
				fmt.Fprintf(os.Stderr, "nginx: invalid option: %q\n", word)
			}
			os.Exit(1)
		}
	}
	found, err := load(file)
	if err != nil {
		if test {
			report("emerg", os.Getpid(), "%s", err)
			fmt.Fprintf(os.Stderr, "nginx: [emerg] %s\nnginx: configuration file %s test failed\n", err, file)
			os.Exit(1)
		}
		emergency(err.Error())
	}
	if test {
		fmt.Fprintf(os.Stderr, "nginx: the configuration file %s syntax is ok\nnginx: configuration file %s test is successful\n", file, file)
		return
	}
	if signal != "" {
		order(signal)
		return
	}
	web = found
	wait(file)
}

// wait serves until a signal says otherwise.
func wait(file string) {
	open := map[string]bool{}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	listen(open)
	os.WriteFile(pidFile, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644)
	self := os.Getpid()
	notice(self, "using the \"epoll\" event method")
	notice(self, "nginx/%s", version)
	notice(self, "start worker processes")
	notice(self, "start worker process %d", worker)
	for one := range signals {
		switch one {
		case syscall.SIGHUP:
			notice(self, "signal 1 (SIGHUP) received, reconfiguring")
			notice(self, "reconfiguring")
			next, err := load(file)
			if err != nil {
				report("emerg", self, "%s", err)
				continue
			}
			web = next
			listen(open)
		case syscall.SIGQUIT:
			notice(self, "signal 3 (SIGQUIT) received, shutting down")
			notice(worker, "gracefully shutting down")
			leave(self)
		case syscall.SIGINT:
			notice(self, "signal 2 (SIGINT) received, exiting")
			leave(self)
		default:
			notice(self, "signal 15 (SIGTERM) received, exiting")
			leave(self)
		}
	}
}

func leave(self int) {
	notice(worker, "exiting")
	notice(worker, "exit")
	notice(self, "signal 17 (SIGCHLD) received from %d", worker)
	notice(self, "worker process %d exited with code 0", worker)
	notice(self, "exit")
	os.Exit(0)
}

// order sends a signal to the nginx that runs.
func order(name string) {
	signals := map[string]syscall.Signal{
		"stop": syscall.SIGTERM, "quit": syscall.SIGQUIT, "reload": syscall.SIGHUP, "reopen": syscall.SIGUSR1,
	}
	number, ok := signals[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "nginx: invalid option: \"-s %s\"\n", name)
		os.Exit(1)
	}
	notice(os.Getpid(), "signal process started")
	text, err := os.ReadFile(pidFile)
	if err != nil {
		report("error", os.Getpid(), "open() %q failed (2: No such file or directory)", pidFile)
		fmt.Fprintf(os.Stderr, "nginx: [error] open() %q failed (2: No such file or directory)\n", pidFile)
		os.Exit(1)
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	if process, err := os.FindProcess(pid); err == nil {
		process.Signal(number)
	}
}
